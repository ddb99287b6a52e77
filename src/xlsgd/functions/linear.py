"""Linear algebra in plain double precision: solving, inverting, determinants, least squares."""

from __future__ import annotations

import math

from .sums import plain_sum

Rows = list[list[float]]


def multiply(one: Rows, two: Rows) -> Rows:
    """The matrix product, each element summed from left to right (rule 2)."""
    columns = list(zip(*two, strict=True))
    return [[plain_sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in one]


def decompose(matrix: Rows) -> tuple[Rows, list[int], float] | None:
    """LU with partial pivoting: both factors in one matrix, the order of rows, the sign; None where a pivot is 0."""
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
    """The coefficients that fit y best by columns of x, by orthogonalising the columns one after another.

    A column that depends on those before it gets the coefficient 0 (Microsoft, LINEST: collinearity); ``used`` are the
    others. ``scale`` holds for each coefficient the factor of the standard error, 0 for a dependent column;
    ``inverted`` is the inverse of the triangle R of the columns used.
    """

    def __init__(self, columns: Rows, ys: list[float]) -> None:
        self.coefficients = [0.0] * len(columns)
        self.scale = [0.0] * len(columns)
        self.used: list[int] = []
        self.inverted: Rows = []
        bases, triangle = self._orthogonal(columns)
        self._solve(bases, triangle, ys)

    def _orthogonal(self, columns: Rows) -> tuple[Rows, Rows]:
        bases: Rows = []
        triangle: Rows = []
        for place, column in enumerate(columns):
            rest, parts = list(column), [0.0] * len(bases)
            for _ in range(2):  # twice is enough (Kahan)
                for index, basis in enumerate(bases):
                    part = plain_sum(b * r for b, r in zip(basis, rest, strict=True))
                    parts[index] += part
                    rest = [r - part * b for r, b in zip(rest, basis, strict=True)]
            square = plain_sum(r * r for r in rest)
            if square <= _DEPENDENT * plain_sum(c * c for c in column):
                continue
            size = math.sqrt(square)
            bases.append([r / size for r in rest])
            triangle.append([*parts, size])
            self.used.append(place)
        return bases, triangle

    def _solve(self, bases: Rows, triangle: Rows, ys: list[float]) -> None:
        shares = [plain_sum(b * y for b, y in zip(basis, ys, strict=True)) for basis in bases]
        count = len(bases)
        self.inverted = inverted = [[0.0] * count for _ in range(count)]
        for row in reversed(range(count)):
            inverted[row][row] = 1.0 / triangle[row][row]
            for col in range(row + 1, count):
                part = plain_sum(triangle[k][row] * inverted[k][col] for k in range(row + 1, col + 1))
                inverted[row][col] = -part / triangle[row][row]
        for row in range(count):
            place = self.used[row]
            self.coefficients[place] = plain_sum(inverted[row][k] * shares[k] for k in range(row, count))
            self.scale[place] = math.sqrt(plain_sum(inverted[row][k] * inverted[row][k] for k in range(row, count)))
