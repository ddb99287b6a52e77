"""Criteria as COUNTIF, SUMIF and their like take them: ``5``, ``">=5"``, ``"<>a*"``, ``"="``.

A criterion's text is an operator and an operand that means what it would mean typed into a cell: a number (dates,
percent and currency too), a logical, an error or text with wildcards. Sources: Microsoft, COUNTIF and SUMIF pages;
corners measured on COUNTIF cells that Excel stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ...values import ERRORS, CellError, Scalar
from ..compare import compare_numbers, text_key
from ..textnumber import text_to_number
from ..wildcards import has_wildcards, matcher

Test = Callable[[Scalar], bool]

LONGEST = 255
"""A criterion with more characters is #VALUE!."""

_OPERATOR = re.compile(r"(<=|>=|<>|=|<|>)?(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Criterion:
    """``test`` says whether a cell that is not blank meets the criterion, ``blanks`` whether blank cells do."""

    test: Test
    blanks: bool = False


def make_criterion(value: Scalar) -> Criterion:
    """The criterion that a value means. A blank cell means 0.

    >>> make_criterion(">5").test(7.0), make_criterion("a*").test("Apple"), make_criterion("").blanks
    (True, True, True)
    """
    if isinstance(value, str):
        return _from_text(value)
    return Criterion(_equal_to(0.0 if value is None else value))


@lru_cache(maxsize=4096)
def _from_text(text: str) -> Criterion:
    match = _OPERATOR.match(text)
    operator, operand = (match[1], match[2]) if match else (None, text)
    if not operand:
        return _without_operand(operator)
    wanted = typed_operand(operand)
    if operator in (None, "="):
        return Criterion(_equal_to(wanted))
    if operator == "<>":
        return Criterion(_different_from(wanted), blanks=True)
    return Criterion(in_order(operator, wanted))


def _without_operand(operator: str | None) -> Criterion:
    if operator is None:
        return Criterion(lambda value: value == "", blanks=True)
    if operator == "=":
        return Criterion(lambda value: False, blanks=True)
    return Criterion(lambda value: operator == "<>")


def typed_operand(text: str) -> Scalar:
    """What an operand means when it is typed into a cell."""
    number = text_to_number(text)
    if number is not None:
        return number
    folded = text.casefold()
    if folded in ("true", "false"):
        return folded == "true"
    return ERRORS.get(text.upper(), text)


def _equal_to(wanted: Scalar) -> Test:
    """Equality; a text that reads as the number wanted is equal to it, but no text is equal to a logical (measured)."""
    if isinstance(wanted, CellError):
        return lambda value: value is wanted
    if isinstance(wanted, bool):
        return lambda value: value is wanted
    if isinstance(wanted, float):
        return lambda value: _is_number(value, wanted) or (isinstance(value, str) and _reads_as(value, wanted))
    return _like(str(wanted))


def _different_from(wanted: Scalar) -> Test:
    """The opposite, but that a text is never equal to a number here (measured)."""
    if isinstance(wanted, float):
        return lambda value: not _is_number(value, wanted)
    equal = _equal_to(wanted)
    return lambda value: not equal(value)


def _is_number(value: Scalar, wanted: float) -> bool:
    return type(value) is float and compare_numbers(value, wanted) == 0


def _reads_as(text: str, wanted: float) -> bool:
    number = text_to_number(text)
    return number is not None and compare_numbers(number, wanted) == 0


def _like(pattern: str) -> Test:
    if has_wildcards(pattern):
        fits = matcher(pattern)
        return lambda value: isinstance(value, str) and fits(value)
    key = text_key(pattern)
    return lambda value: isinstance(value, str) and text_key(value) == key


_SIGNS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}


def in_order(operator: str, wanted: Scalar) -> Test:
    """Order; only values of the operand's own kind are compared."""
    signs = _SIGNS[operator]
    if isinstance(wanted, float):
        return lambda value: type(value) is float and compare_numbers(value, wanted) in signs
    if isinstance(wanted, bool):
        return lambda value: isinstance(value, bool) and value - wanted in signs
    if isinstance(wanted, CellError):
        return lambda value: value is wanted and 0 in signs
    key = text_key(str(wanted))
    return lambda value: isinstance(value, str) and _sign(text_key(value), key) in signs


def _sign(one: str, two: str) -> int:
    return (one > two) - (one < two)
