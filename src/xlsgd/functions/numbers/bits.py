"""Bitwise operations on whole numbers from 0 to 2^48 - 1."""

from ...values import NUM, CellError
from ..kinds import Number, Result
from ..registry import function

_LIMIT = 2.0**48
_FURTHEST = 53


def _bits(number: float) -> int | CellError:
    return int(number) if 0 <= number < _LIMIT and number == int(number) else NUM


def _both(one: float, two: float) -> tuple[int, int] | CellError:
    first, second = _bits(one), _bits(two)
    if isinstance(first, CellError) or isinstance(second, CellError):
        return NUM
    return first, second


@function("BITAND")
def bitand(one: Number, two: Number) -> Result:
    both = _both(one, two)
    return both if isinstance(both, CellError) else float(both[0] & both[1])


@function("BITOR")
def bitor(one: Number, two: Number) -> Result:
    both = _both(one, two)
    return both if isinstance(both, CellError) else float(both[0] | both[1])


@function("BITXOR")
def bitxor(one: Number, two: Number) -> Result:
    both = _both(one, two)
    return both if isinstance(both, CellError) else float(both[0] ^ both[1])


@function("BITLSHIFT")
def bitlshift(number: Number, places: Number) -> Result:
    return _shift(number, places)


@function("BITRSHIFT")
def bitrshift(number: Number, places: Number) -> Result:
    return _shift(number, -places)


def _shift(number: float, places: float) -> float | CellError:
    bits = _bits(number)
    if isinstance(bits, CellError) or abs(places) > _FURTHEST:
        return NUM
    moved = bits << int(places) if places >= 0 else bits >> int(-places)
    return float(moved) if moved < _LIMIT else NUM
