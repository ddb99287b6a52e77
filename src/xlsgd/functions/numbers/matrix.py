"""Matrices."""

from ...values import NUM, VALUE, Array, finish
from ..kinds import ArrayGrid, Integer, Matrix, Result
from ..meter import check_size
from ..registry import function
from ..statistics import linear


@function("MMULT")
def mmult(one: Matrix, two: Matrix) -> Result:
    if len(one[0]) != len(two):
        return VALUE
    check_size(len(one), len(two[0]))
    return _array(linear.multiply(one, two))


@function("MINVERSE", differs="the last bits: Excel's order of elimination is not known")
def minverse(matrix: Matrix) -> Result:
    if len(matrix) != len(matrix[0]):
        return VALUE
    result = linear.inverse(matrix)
    return NUM if result is None else _array(result)


@function("MDETERM", differs="the last bits: Excel's order of elimination is not known")
def mdeterm(matrix: Matrix) -> Result:
    return linear.determinant(matrix) if len(matrix) == len(matrix[0]) else VALUE


@function("MUNIT")
def munit(size: Integer) -> Result:
    if size <= 0:
        return VALUE
    check_size(size, size)
    return Array([[float(row == col) for col in range(size)] for row in range(size)])


@function("TRANSPOSE")
def transpose(array: ArrayGrid) -> Result:
    return Array([list(column) for column in zip(*array.rows, strict=True)])


def _array(rows: linear.Rows) -> Array:
    return Array([[finish(number) for number in row] for row in rows])
