"""Arithmetic as a spreadsheet does it, on whole arrays: IEEE-754 binary64, one rounding an operation, and no more.

A spreadsheet has numbers and errors, but no infinity, no denormal number and no negative zero. So here

- an overflow, an invalid operation and a division by zero give nan, which stands for "an error": from then on the run
  is lost, and ``1/(1e308*10)`` is nan and not 0;
- a result below 2.2250738585072014e-308 in magnitude is 0;
- a square is ``x*x``: the C library's ``pow``, which ``np.float64 ** 2`` uses, is another number now and then;
- a sum goes from left to right (``np.add.accumulate``): ``np.sum`` adds in pairs and gives other last bits.

Nothing here is fused or reordered: every function is one operation. Arguments are numbers or float64 arrays that
broadcast, at least one of them an array; results are new arrays. NumPy's warnings are silenced once, by
:func:`quiet` around a whole run, as that costs as much as an operation.

A spreadsheet also shows 0 for a formula that ends in ``+`` or ``-`` and whose operands all but cancel. That rule is
left out on purpose: the sheets put such formulas in parentheses, where it does not hold.

Source: Microsoft, "Floating-point arithmetic may give inaccurate results in Excel" and "Excel specifications and
limits".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

F64: TypeAlias = NDArray[np.float64]
Operand: TypeAlias = "F64 | float"

SMALLEST_NORMAL = 2.2250738585072014e-308

ONE = np.ones(1)


def quiet() -> np.errstate:
    """A context in which overflow and invalid operations do not warn."""
    return np.errstate(all="ignore")


def plus(a: Operand, b: Operand) -> F64:
    """``a+b``."""
    return _settle(np.add(a, b))


def minus(a: Operand, b: Operand) -> F64:
    """``a-b``."""
    return _settle(np.subtract(a, b))


def times(a: Operand, b: Operand) -> F64:
    """``a*b``."""
    return _settle(np.multiply(a, b))


def over(a: Operand, b: Operand) -> F64:
    """``a/b``; nan where ``b`` is 0, ``0/0`` included."""
    return _settle(np.divide(a, b))


def square(a: F64) -> F64:
    """``a*a``."""
    return _settle(np.multiply(a, a))


def root(a: F64) -> F64:
    """The square root; nan below 0."""
    return _settle(np.sqrt(a))


def larger(a: F64, b: Operand) -> F64:
    """The larger one; nan where either is nan."""
    return _settle(np.maximum(a, b))


def smaller(a: F64, b: Operand) -> F64:
    """The smaller one; nan where either is nan."""
    return _settle(np.minimum(a, b))


def negated(a: F64) -> F64:
    """``-a``."""
    return _settle(np.negative(a))


def size(a: F64) -> F64:
    """``ABS(a)``."""
    return np.abs(a)


def where_positive(condition: F64, then: Operand, otherwise: Operand) -> F64:
    """``then`` where the condition is above 0, else ``otherwise``; nan where the condition is nan.

    As in a spreadsheet the branch that is not taken does not matter, not even where it is nan.
    """
    chosen = np.where(condition > 0.0, then, otherwise)
    chosen[np.isnan(condition)] = np.nan
    return chosen


def running_sum(values: F64) -> F64:
    """The sum over the first axis, strictly from first to last."""
    return _settle(np.add.accumulate(values, axis=0)[-1])


def sum_of_squares(values: F64) -> F64:
    """``SUMSQ`` over the first axis, strictly from first to last."""
    return running_sum(square(values))


def chain(terms: Iterable[F64]) -> F64:
    """``t1+t2+…``, from left to right."""
    first, *others = terms
    for term in others:
        first = plus(first, term)
    return first


def _settle(result: F64) -> F64:
    """An operation's raw result as a cell keeps it. Works in place."""
    result += result - result  # 0 for a number (and −0 becomes 0), nan for an infinity
    result[np.abs(result) < SMALLEST_NORMAL] = 0.0
    return result
