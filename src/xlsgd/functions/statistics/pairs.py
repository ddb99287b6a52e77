"""Two arrays as pairs of numbers, as SUMXMY2, CORREL, SLOPE and kin take them."""

from __future__ import annotations

from ...values import NA, Array, CellError


def number_pairs(one: Array, two: Array) -> list[tuple[float, float]] | CellError:
    """The pairs of two arrays of as many elements (else #N/A); pairs with text, logicals or blanks are left out.

    The first error of either array, pair by pair, is the result.
    """
    if one.height * one.width != two.height * two.width:
        return NA
    pairs: list[tuple[float, float]] = []
    for x, y in zip(one.flat(), two.flat(), strict=True):
        if isinstance(x, CellError):
            return x
        if isinstance(y, CellError):
            return y
        if type(x) is float and type(y) is float:
            pairs.append((x, y))
    return pairs
