"""What understanding finds in a workbook: blocks of rows that train, their columns, settings and variant.

Nothing here computes; the judging side reads these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...book import Cell
from ...plan import Program
from ...variants import Variant

if TYPE_CHECKING:
    from .assemble import Findings

Place = tuple[int, int, int]
"""A cell of a workbook: index of its sheet, row, column."""

ROLES = (
    "input",
    "target",
    "weight",
    "hidden",
    "prediction",
    "residual",
    "error",
    "perturbed",
    "derivative",
    "gradient",
    "state",
    "update",
    "learning rate",
    "step",
    "epoch",
    "helper",
    "output",
)
"""All roles of columns.

``hidden``: of the forward pass, between inputs and prediction. ``residual``: prediction − target or the reverse.
``error``: the loss of the row. ``perturbed``: an error (or a step towards it) with one weight moved by h; ``of`` that
weight. ``derivative``: of the error by a weight. ``gradient``: what the optimizer takes in place of a raw derivative
(a mean over a batch, clipped, decayed). ``state``: what the optimizer carries (``of`` the weight, None where shared).
``update``: the new weight, or the step that is added to it. ``helper``: any other that the training reads.
``output``: derived from the training, read by nothing in it.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """A hyperparameter. ``place``: the cell that holds it, None where it is typed into formulas or a column.

    ``name``: "learning rate", "beta", "beta2", "epsilon", "h", "decay", …. ``value`` None: not a number.
    ``column``: the column of the block that holds it row by row, None otherwise. ``symbol``: the defined name or the
    label beside the cell, "" where there is none.
    """

    name: str
    value: float | None
    place: Place | None = None
    column: int | None = None
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a block (in a block that trains to the right: one row).

    col: its number. of: whose weight it serves, by the weight's name: of derivatives, states, updates, perturbed
    errors; None where it serves none or all. name: its heading, or its letter. program: the formula that most rows
    have, None for constants. kind: of a state "m", "v", …; of an update "new weight" or "step"; of a perturbed error
    "+" or "-"; else "". first: the program of the first row where it is another one by nature (a start), else None.
    odd: rows whose cell is not ``program`` (nor the first row's start); of constants: rows without a number. regular:
    rows that differ at even distances (each epoch's first row), or that are so many that no formula is the main one.
    heading: the cell of the heading, None where there is none.
    """

    col: int
    role: str
    of: str | None
    name: str
    program: Program | None
    kind: str = ""
    first: Program | None = None
    odd: tuple[int, ...] = ()
    heading: Cell | None = None
    regular: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that train, one row a training step (or one table of a continued epoch).

    first, last: rows. across: the block trains to the right; then "rows" are columns of the sheet and "columns" rows.
    starts: of each weight (by name) and state (by its column's name) where its first value stands.
    updates: for each weight (by name) the cell of the new value as the next row takes it: column number.
    continues: index in the list of blocks of the one whose last weights this block starts from.
    variant_name: MODEL-GRADIENT-OPTIMIZER, None where no member of the registry fits. ``variant`` has that name and
    the block's own settings as far as they are known. model, gradient, optimizer: names as far as each alone is known.
    nearest, distance: where nothing fits, the name of the nearest optimizer (or model) and how far it is, relative.
    loss: factor of the error before the square (1, ½, 1/n).
    weights_as: the registry's name of each weight → its name here, where the model is known. details: expressions and
    rules, for the judging side.
    form: in words how the optimizer differs from the plain one, "" where it does not.
    """

    sheet: int
    first: int
    last: int
    columns: dict[int, Column]
    settings: dict[str, Setting]
    starts: dict[str, Place]
    variant: Variant | None
    variant_name: str | None
    form: str
    across: bool = False
    updates: dict[str, int] = field(default_factory=dict)
    continues: int | None = None
    model: str | None = None
    gradient: str | None = None
    optimizer: str | None = None
    nearest: str | None = None
    distance: float = 0.0
    loss: float = 1.0
    weights_as: dict[str, str] = field(default_factory=dict)
    details: Findings | None = field(default=None, repr=False, compare=False)

    @property
    def weights(self) -> list[Column]:
        """The weight columns from left to right."""
        return self.having("weight")

    def having(self, role: str, of: str | None = None) -> list[Column]:
        """The columns with a role (of a weight, where one is named) from left to right."""
        found = (column for column in self.columns.values() if column.role == role and of in (None, column.of))
        return sorted(found, key=lambda column: column.col)

    @property
    def roles(self) -> dict[int, str]:
        """Column number → role."""
        return {col: column.role for col, column in sorted(self.columns.items())}


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a user says of the workbook. roles: sheet name ("" for all) → column letter or heading → role.

    variant: its name, or None.
    """

    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variant: str | None = None
