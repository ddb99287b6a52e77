"""The two sheets that are measured: the layouts of "basic SGD" and "adam" in fast.ai's graddesc.xlsm, filled down.

Standard library only: it is also imported by Pythons that lack xlsgd and NumPy. Rows are those of the file, so the
first step stands in row 4. In the formulas ``{r}`` is the cell's own row and ``{p}`` the row above.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

FIRST = 4
STALE_START = 2.0  # the stored values are those of another run, so that whoever showed them would be caught


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet: what stands above its rows, and its formula columns with their first and their filled-down formula."""

    name: str
    head: dict[str, float | str]
    formulas: dict[str, tuple[str, str]]

    @property
    def width(self) -> int:
        """How many formula columns."""
        return len(self.formulas)

    def area(self, rows: int) -> tuple[int, int, int, int]:
        """Top, left, bottom, right of all formula cells that are filled down, from 1."""
        left = ord(next(iter(self.formulas))) - ord("A") + 1
        return FIRST, left, FIRST + rows - 1, left + self.width - 1


def _down(*columns: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Columns whose formula is the same in all rows."""
    return {letter: (text, text) for letter, text in columns}


def _head(cells: dict[str, float | str], *titles: str) -> dict[str, float | str]:
    """What stands above the rows: some cells, and the titles of the columns from A on."""
    return cells | {f"{letter}3": title for letter, title in zip("ABCDEFGHIJKLMN", titles, strict=False)}


SGD = Layout(
    "basic SGD",
    _head(
        {"B1": "intercept", "C1": 1.0, "E1": "learn", "F1": 0.0001, "B2": "slope", "C2": 1.0},
        *("x", "y", "intercept", "slope", "y_pred", "err^2", "errb1", "est de/db", "erra1", "est de/da"),
        *("de/db", "de/da", "new a", "new b"),
    ),
    {"C": ("C1", "N{p}"), "D": ("C2", "M{p}")}
    | _down(
        ("E", "C{r}+D{r}*A{r}"),
        ("F", "(B{r}-E{r})^2"),
        ("G", "(((C{r}+0.01)+A{r}*D{r})-B{r})^2"),
        ("H", "(G{r}-F{r})/0.01"),
        ("I", "(((D{r}+0.01)*A{r}+C{r})-B{r})^2"),
        ("J", "(I{r}-F{r})/0.01"),
        ("K", "2*(E{r}-B{r})"),
        ("L", "K{r}*A{r}"),
        ("M", "D{r}-L{r}*$F$1"),
        ("N", "C{r}-K{r}*$F$1"),
    ),
)

ADAM = Layout(
    "adam",
    _head(
        {
            **{"B1": "b", "C1": 1.0, "D1": "learn", "I1": "beta", "J1": 0.7, "K1": 0.3, "L1": 0.9, "M1": 0.1},
            **{"B2": "a", "C2": 1.0, "D2": 0.1, "J3": 0.0, "K3": 0.0, "L3": 0.0, "M3": 0.0},
        },
        *("x", "y", "b", "a", "pred", "de/db", "de/da", "new b", "new a"),
    ),
    {"C": ("C1", "H{p}"), "D": ("C2", "I{p}")}
    | _down(
        ("E", "C{r}+D{r}*A{r}"),
        ("F", "2*(D{r}*A{r}+C{r}-B{r})"),
        ("G", "F{r}*A{r}"),
        ("H", "C{r}-J{r}*$D$2/SQRT(L{r})"),
        ("I", "D{r}-K{r}*$D$2/SQRT(M{r})"),
        ("J", "J{p}*$J$1+$K$1*F{r}"),
        ("K", "K{p}*$J$1+$K$1*G{r}"),
        ("L", "L{p}*$L$1+$M$1*F{r}^2"),
        ("M", "M{p}*$L$1+$M$1*G{r}^2"),
    ),
)

LAYOUTS = (SGD, ADAM)
FORMULAS = sum(layout.width for layout in LAYOUTS)  # formula cells a row, both sheets together

Point = tuple[float, float]


def points(rows: int, seed: int) -> list[Point]:
    """``rows`` times x, a whole number from 1 to 100, and y = 2x + 30 with noise of at most 10 on it.

    Without noise the errors would shrink to rounding errors, in which no two programs agree.
    """
    draw = random.Random(seed)
    xs = [draw.randint(1, 100) for _ in range(rows)]
    return [(float(x), (200 * x + 3000 + draw.randint(-1000, 1000)) / 100) for x in xs]


def sgd_rows(data: list[Point], start: float = 1.0) -> Iterator[tuple[float, ...]]:
    """The values of SGD's formula columns, row by row."""
    b, a, lr = start, 1.0, 0.0001
    for x, y in data:
        predicted = b + a * x
        error = (y - predicted) * (y - predicted)
        one, two = ((b + 0.01) + x * a) - y, ((a + 0.01) * x + b) - y
        slope = 2 * (predicted - y)
        new_a, new_b = a - slope * x * lr, b - slope * lr
        yield (
            *(b, a, predicted, error, one * one, (one * one - error) / 0.01, two * two, (two * two - error) / 0.01),
            *(slope, slope * x, new_a, new_b),
        )
        b, a = new_b, new_a


def adam_rows(data: list[Point], start: float = 1.0) -> Iterator[tuple[float, ...]]:
    """The values of ADAM's formula columns, row by row."""
    b, a, lr = start, 1.0, 0.1
    j = k = m = n = 0.0
    for x, y in data:
        f = 2 * (a * x + b - y)
        g = f * x
        j, k = j * 0.7 + 0.3 * f, k * 0.7 + 0.3 * g
        m, n = m * 0.9 + 0.1 * (f * f), n * 0.9 + 0.1 * (g * g)
        new_b, new_a = b - j * lr / math.sqrt(m), a - k * lr / math.sqrt(n)
        yield b, a, b + a * x, f, g, new_b, new_a, j, k, m, n
        b, a = new_b, new_a


ROWS = {SGD.name: sgd_rows, ADAM.name: adam_rows}
