"""Matrices."""

from ..values import VALUE, Array
from .kinds import ArrayGrid, Matrix, Result
from .registry import function


@function("MMULT")
def mmult(one: Matrix, two: Matrix) -> Result:
    if len(one[0]) != len(two):
        return VALUE
    columns = list(zip(*two, strict=True))
    return Array([[_dot(row, column) for column in columns] for row in one])


def _dot(row: list[float], column: tuple[float, ...]) -> float:
    total = 0.0
    for x, y in zip(row, column, strict=True):
        total += x * y
    return total


@function("TRANSPOSE")
def transpose(array: ArrayGrid) -> Result:
    return Array([list(column) for column in zip(*array.rows, strict=True)])
