"""Numbers shown as fractions: ``# ?/?``, ``# ??/??``, ``# ?/16``.

Excel takes the last convergent of the continued fraction, formed in double, whose denominator still fits; that is not
always the nearest fraction: 123.456 in ``# ?/?`` is 123 1/2. Measured (SheetJS collected a table from Excel).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .formatcode import Part
from .formatnumber import Layout

_NEAR = 5e-8  # what is nearer than this to a convergent is that convergent
_MAX_PLACES = 7
_PLACES = ("digit", "figure")


class _Split(NamedTuple):
    """Where the parts of a fraction stand: numerator, slash, denominator (half-open ranges)."""

    top: range
    slash: int
    bottom: range


def is_fraction(parts: Sequence[Part]) -> bool:
    """Whether a section shows a fraction."""
    return _find(parts) is not None


def _find(parts: Sequence[Part]) -> _Split | None:
    for index, part in enumerate(parts):
        if part.kind != "slash":
            continue
        end = index
        while end > 0 and parts[end - 1] == Part("literal", " "):
            end -= 1
        start = end
        while start > 0 and parts[start - 1].kind == "digit":
            start -= 1
        first = index + 1
        while first < len(parts) and parts[first] == Part("literal", " "):
            first += 1
        last = first
        while last < len(parts) and parts[last].kind in _PLACES:
            last += 1
        if start < end and first < last:
            return _Split(range(start, end), index, range(first, last))
    return None


def show_fraction(number: float, parts: Sequence[Part]) -> str:
    """The text of a number without its sign in a section for which :func:`is_fraction` holds."""
    split = _find(parts)
    if split is None:
        return ""
    before, between = parts[: split.top.start], parts[split.top.stop : split.bottom.start]
    top, bottom = [parts[i].text for i in split.top], [parts[i].text for i in split.bottom]
    mixed = any(part.kind == "digit" for part in before)
    fixed = int("".join(bottom)) if any(text in "123456789" for text in bottom) else 0
    width = min(len(bottom), _MAX_PLACES)
    percent = 100.0 ** sum(part.kind == "percent" for part in parts)
    over, under = _fixed(number * percent, fixed) if fixed else _convergent(number * percent, 10**width - 1)
    whole, over = divmod(over, under) if mixed else (0, over)
    lead = _whole(before, whole, over == 0) if mixed else "".join(part.text for part in before)
    pad = len(top) if fixed or not mixed else max(min(len(top), _MAX_PLACES), width)
    after = "".join(part.text for part in parts[split.bottom.stop :])
    if mixed and over == 0 and "0" not in top:
        spaces = sum(len(part.text) for part in between) + pad + (len(bottom) if fixed else pad)
        return lead + " " * spaces + after
    places = top if over else [*top[:-1], "0"]
    shown = Layout([Part("digit", text) for text in places]).fill(over, 0.0)
    shown = shown.rjust(pad) if mixed and "?" in top else shown
    below = str(under) if fixed else _denominator(under, bottom, pad if mixed else width)
    return lead + shown + "".join(part.text for part in between) + below + after


def _whole(parts: Sequence[Part], whole: int, alone: bool) -> str:
    """The whole part; a zero shows where nothing else does."""
    layout = Layout(parts)
    if whole == 0 and alone and all(parts[index].text == "#" for index in layout.whole):
        parts = [Part("digit", "0") if index == layout.whole[-1] else part for index, part in enumerate(parts)]
        layout = Layout(parts)
    return layout.fill(whole, 0.0)


def _denominator(under: int, places: Sequence[str], width: int) -> str:
    if "?" in places:
        return str(under).ljust(width)
    return str(under).zfill(len(places)) if set(places) == {"0"} else str(under)


def _fixed(number: float, under: int) -> tuple[int, int]:
    return math.floor(number * under + 0.5), max(under, 1)


def _convergent(number: float, limit: int) -> tuple[int, int]:
    """The last convergent of a number with a denominator up to a limit."""
    over_before, over, under_before, under = 0, 1, 1, 0
    rest = number
    while under < limit:
        step = math.floor(rest)
        over_next, under_next = step * over + over_before, step * under + under_before
        if under_next > limit:
            break
        over_before, over, under_before, under = over, over_next, under, under_next
        if rest - step < _NEAR:
            break
        rest = 1.0 / (rest - step)
    return over, under
