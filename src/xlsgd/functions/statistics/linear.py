"""Linear algebra in plain double precision: solving, inverting, determinants, least squares."""

from __future__ import annotations

import math

from ..meter import charge
from ..sums import plain_sum

Rows = list[list[float]]


def multiply(one: Rows, two: Rows) -> Rows:
    """The matrix product, each element summed from left to right (rule 2)."""
    charge(len(one) * len(two) * len(two[0]))
    columns = list(zip(*two, strict=True))
    return [[plain_sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in one]


def decompose(matrix: Rows) -> tuple[Rows, list[int], float] | None:
    """LU with partial pivoting: both factors in one matrix, the order of rows, the sign; None where a pivot is 0."""
    charge(len(matrix) ** 3 // 2)
    rows = [list(row) for row in matrix]
    order = list(range(len(rows)))
    sign = 1.0
    for col in range(len(rows)):
        pivot = max(range(col, len(rows)), key=lambda row: abs(rows[row][col]))
        if rows[pivot][col] == 0.0:
            return None
        if pivot != col:
            rows[col], rows[pivot] = rows[pivot], rows[col]
            order[col], order[pivot] = order[pivot], order[col]
            sign = -sign
        top = rows[col]
        for row in rows[col + 1 :]:
            factor = row[col] = row[col] / top[col]
            if factor:
                for k in range(col + 1, len(rows)):
                    row[k] -= factor * top[k]
    return rows, order, sign


def determinant(matrix: Rows) -> float:
    """The determinant of a square matrix."""
    factors = decompose(matrix)
    if factors is None:
        return 0.0
    rows, _, result = factors
    for place, row in enumerate(rows):
        result *= row[place]
    return result


def inverse(matrix: Rows) -> Rows | None:
    """The inverse of a square matrix; None where it has none."""
    factors = decompose(matrix)
    if factors is None:
        return None
    rows, order, _ = factors
    size = len(rows)
    charge(size**3)
    columns: Rows = []
    for unit in range(size):
        column = [1.0 if order[row] == unit else 0.0 for row in range(size)]
        for row in range(size):
            for k in range(row):
                column[row] -= rows[row][k] * column[k]
        for row in reversed(range(size)):
            for k in range(row + 1, size):
                column[row] -= rows[row][k] * column[k]
            column[row] /= rows[row][row]
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


_DEPENDENT = 1e-14
"""A column that keeps less than this share of its square beside the others is a combination of them."""


class LeastSquares:
    """The coefficients that fit y best by columns of x, by Givens rotations (nearest to Excel of what was tried).

    A column that depends on those before it gets the coefficient 0 (Microsoft, LINEST: collinearity); ``used`` are the
    others. ``scale`` holds for each coefficient the factor of the standard error, 0 for a dependent column;
    ``inverted`` is the inverse of the triangle R of the columns used; ``residual`` is the sum of squares left.
    """

    def __init__(self, columns: Rows, ys: list[float]) -> None:
        charge(2 * len(ys) * len(columns) ** 2)
        rows = [[*xs, y] for xs, y in zip(zip(*columns, strict=True), ys, strict=True)]
        self.coefficients = [0.0] * len(columns)
        self.scale = [0.0] * len(columns)
        self.used = self._rotate(rows, columns)
        count = len(self.used)
        self.residual = plain_sum(row[-1] * row[-1] for row in rows[count:])
        self.inverted = self._invert([[row[col] for col in self.used] for row in rows[:count]])
        self._solve(rows)

    def _rotate(self, rows: Rows, columns: Rows) -> list[int]:
        """Make a triangle of the rows, column by column; gives the columns that are no combination of others."""
        used: list[int] = []
        for col, column in enumerate(columns):
            top = len(used)
            rest = plain_sum(row[col] * row[col] for row in rows[top:])
            if rest <= _DEPENDENT * plain_sum(x * x for x in column):
                continue
            for low in range(top + 1, len(rows)):
                _rotate_pair(rows[top], rows[low], col)
            used.append(col)
        return used

    @staticmethod
    def _invert(triangle: Rows) -> Rows:
        count = len(triangle)
        inverted: Rows = [[0.0] * count for _ in range(count)]
        for row in reversed(range(count)):
            inverted[row][row] = 1.0 / triangle[row][row]
            for col in range(row + 1, count):
                part = plain_sum(triangle[row][k] * inverted[k][col] for k in range(row + 1, col + 1))
                inverted[row][col] = -part / triangle[row][row]
        return inverted

    def _solve(self, rows: Rows) -> None:
        for row in reversed(range(len(self.used))):
            value = rows[row][-1]
            for place in self.used[row + 1 :]:
                value -= rows[row][place] * self.coefficients[place]
            place = self.used[row]
            self.coefficients[place] = value / rows[row][place]
            self.scale[place] = math.sqrt(plain_sum(number * number for number in self.inverted[row]))


def _rotate_pair(top: list[float], low: list[float], col: int) -> None:
    """Turn two rows so that the lower one is 0 in a column."""
    if low[col] == 0.0:
        return
    size = math.hypot(top[col], low[col])
    cosine, sine = top[col] / size, low[col] / size
    for place, (one, two) in enumerate(zip(list(top), list(low), strict=True)):
        top[place] = cosine * one + sine * two
        low[place] = cosine * two - sine * one
