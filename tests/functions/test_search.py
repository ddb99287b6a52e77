"""Searches against plain definitions: Python's bisect on sorted values, the first and last place by scanning."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.functions.lookup import search
from xlsgd.functions.lookup.vectors import Vector
from xlsgd.functions.wildcards import matcher
from xlsgd.values import NA, Scalar

NUMBERS = st.integers(-20, 20).map(float)
MIXED = st.lists(st.one_of(NUMBERS, st.sampled_from(["a", "B", "b", "", True, False, NA, None])), max_size=30)


def vector(values: Sequence[Scalar]) -> Vector:
    return Vector(list(values), len(values))


@given(st.lists(NUMBERS).map(sorted), NUMBERS)
def test_bisect_on_sorted_numbers(values: list[float], wanted: float) -> None:
    place = bisect_right(values, wanted) - 1
    assert search.bisect(vector(values), wanted) == (None if place < 0 else place)


@given(MIXED, NUMBERS)
def test_bisect_gives_a_value_of_the_type_that_is_not_greater(values: list[Scalar], wanted: float) -> None:
    place = search.bisect(vector(values), wanted)
    if place is not None:
        found = values[place]
        assert type(found) is float
        assert found <= wanted


@given(st.lists(NUMBERS).map(lambda values: sorted(values, reverse=True)), NUMBERS)
def test_descending_on_sorted_numbers(values: list[float], wanted: float) -> None:
    kept = [place for place, value in enumerate(values) if value >= wanted]
    equal = [place for place in kept if values[place] == wanted]
    expected = equal[0] if equal else kept[-1] if kept else None
    assert search.descending(vector(values), wanted) == expected


@given(MIXED, st.one_of(NUMBERS, st.sampled_from(["A", "b", "", True])))
def test_exact_from_both_ends(values: list[Scalar], wanted: Scalar) -> None:
    def same(value: Scalar) -> bool:
        if isinstance(value, str) and isinstance(wanted, str):
            return value.lower() == wanted.lower()
        return type(value) is type(wanted) and value == wanted

    places = [place for place, value in enumerate(values) if same(value)]
    assert vector(values).first(wanted) == (places[0] if places else None)
    assert vector(values).last(wanted) == (places[-1] if places else None)


@given(st.lists(NUMBERS).map(sorted), NUMBERS, st.sampled_from([-1, 0, 1]))
def test_binary_in_rising_and_falling_order(values: list[float], wanted: float, match: int) -> None:
    place = bisect_left(values, wanted)
    if place == len(values) or values[place] != wanted:
        place = {-1: place - 1, 0: -1, 1: place}[match]
    expected = place if 0 <= place < len(values) else None
    assert search.binary(vector(values), wanted, match, False) == expected
    mirrored = None if expected is None else len(values) - 1 - expected
    assert search.binary(vector(values[::-1]), wanted, match, True) == mirrored


@given(st.lists(NUMBERS), NUMBERS, st.sampled_from([-1, 1]), st.booleans())
def test_nearest_by_scanning(values: list[float], wanted: float, match: int, backward: bool) -> None:
    place = search.ordered(vector(values), wanted, match, backward)
    candidates = [value for value in values if (value <= wanted if match < 0 else value >= wanted)]
    if not candidates:
        assert place is None
        return
    nearest = max(candidates) if match < 0 else min(candidates)
    places = [place for place, value in enumerate(values) if value == nearest]
    assert place == (places[-1] if backward else places[0])


@given(st.text("ab*?~.", max_size=8), st.text("abAB*?~.", max_size=10))
def test_wildcards_as_a_regular_expression(pattern: str, text: str) -> None:
    parts, escaped = [], False
    for character in pattern:
        if escaped:
            parts.append(re.escape(character))
            escaped = False
        elif character == "~":
            escaped = True
        else:
            parts.append({"*": ".*", "?": "."}.get(character, re.escape(character)))
    parts.append(re.escape("~") * escaped)
    expected = re.fullmatch("".join(parts), text, re.IGNORECASE | re.DOTALL) is not None
    assert matcher(pattern)(text) is expected


def test_wildcards_take_time_in_proportion() -> None:
    assert not matcher("*a" * 60 + "b")("a" * 30_000)
