"""Epoch after epoch: copy what is carried, recalculate, note the error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..address import cell_name
from ..book import Book, Cell, Formula
from ..check.understand import Block, Place, understand
from ..engine import get_engine
from ..engine.base import Options, Result, Values
from ..errors import UsageError, unknown_name
from ..plan import Plan, make_plan
from ..values import Scalar, Unsupported
from .anneal import Annealing, State, find_annealing
from .carry import Carry, early, named_box, named_carries, understood_carries
from .measure import Measure, find_measure


@dataclass(frozen=True, slots=True)
class Epoch:
    """After so many rounds (0: as the workbook stands) what the table starts from, and the error that it ends with."""

    number: int
    starts: dict[str, Result]
    error: Result


@dataclass(slots=True)
class Run:
    """What happened. typed: by sheet, the cells that now hold other constants. values: after the last epoch."""

    sheet: str
    index: int
    carries: tuple[Carry, ...]
    measure: str
    epochs: list[Epoch]
    values: Values
    typed: dict[int, dict[Cell, Scalar]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def run_epochs(
    book: Book,
    sheet: str | None,
    epochs: int,
    carries: Sequence[Carry] = (),
    error: str | None = None,
    done: Callable[[], None] | None = None,
) -> Run:
    """Train on: ``epochs`` times copy the last weights and states to the top and recalculate. The book is not changed.

    sheet: None where only one trains. carries: what to copy, else what the names tell, else what was understood.
    error: the cell that tells the error, else it is looked for. done: called after each epoch.
    Raises UsageError where the sheet, what to copy or a cell is not what it should be.
    """
    if epochs < 1:
        raise UsageError(f"--epochs {epochs}: one or more")
    plan = make_plan(book)
    blocks = understand(book, plan)
    index = _sheet(book, sheet, blocks)
    own = _renumbered(blocks, index)
    wanted, remarks = _wanted(book, index, plan, own, carries)
    annealing = None if carries else find_annealing(book, index)
    remarks += [f"after each epoch: {annealing.words}"] if annealing else []
    desk = _Desk(book, index, wanted)
    measure = find_measure(book, index, plan, own, error)
    if measure is None:
        remarks.append("no cell that tells the error was found; name it with --error CELL")
    return desk.train(epochs, measure, annealing, remarks, done)


def _sheet(book: Book, name: str | None, blocks: Sequence[Block]) -> int:
    if name is not None:
        found = book.index(name)
        if found is None:
            raise unknown_name("sheet", name, [sheet.name for sheet in book.sheets])
        return found
    training = list(dict.fromkeys(block.sheet for block in blocks))
    if len(training) == 1:
        return training[0]
    names = ", ".join(book.sheets[one].name for one in training)
    raise UsageError(f"name a sheet with --sheet: {names or 'none of them was seen to train'}", path=book.path)


def _renumbered(blocks: Sequence[Block], sheet: int) -> list[Block]:
    """The blocks of one sheet, which continue each other by their position among these."""
    numbers = [number for number, block in enumerate(blocks) if block.sheet == sheet]
    places = {number: at for at, number in enumerate(numbers)}
    return [
        replace(blocks[number], continues=places.get(blocks[number].continues))  # type: ignore[arg-type]  # None: None
        for number in numbers
    ]


def _wanted(
    book: Book, sheet: int, plan: Plan, blocks: Sequence[Block], carries: Sequence[Carry]
) -> tuple[tuple[Carry, ...], list[str]]:
    """What to copy, checked, and what is to be said about it."""
    wanted, remarks = list(carries), list[str]()
    if not wanted:
        wanted, remarks = named_carries(book, sheet, plan)
        if wanted:
            remarks = ["copied is what the workbook's names tell, as its macros do", *remarks, *early(wanted, blocks)]
        else:
            wanted = understood_carries(book, blocks)
    if not wanted:
        message = "which weights to copy was not recognised: say it with --carry FROM=TO, such as C32:D32=C1:C2"
        raise UsageError(message, path=book.path, sheet=book.sheets[sheet].name)
    for carry in wanted:
        own = book.sheets[sheet if carry.sheet is None else carry.sheet]
        for _, target in carry.pairs():
            if target in own.formulas:
                message = "a start weight cannot be copied to a formula: name with --carry the cell that it reads"
                raise UsageError(message, path=book.path, sheet=own.name, cell=cell_name(*target))
    return tuple(wanted), remarks


ENGINE = "native"


class _Desk:
    """A copy of the book whose constants change, with a cell of its own for each formula that a carry evaluates."""

    def __init__(self, book: Book, sheet: int, carries: tuple[Carry, ...]) -> None:
        self.sheet, self.carries = sheet, carries
        copy = replace(book, sheets=[replace(one) for one in book.sheets])
        for index in {sheet, *(carry.sheet for carry in carries if carry.sheet is not None)}:
            copy.sheets[index].constants = dict(book.sheets[index].constants)
        own = copy.sheets[sheet]
        own.formulas = dict(own.formulas)
        self.scratch = self._add_scratch(own.formulas, max(row for row, _ in [*own.constants, *own.formulas]) + 3)
        self.book, self.copy = book, copy
        self.typed: dict[int, dict[Cell, Scalar]] = {}
        self.plan = make_plan(copy)
        self.values = self._calculate({})

    def _add_scratch(self, formulas: dict[Cell, Formula], row: int) -> dict[Cell, Cell]:
        """Source → where its next value is calculated."""
        places: dict[Cell, Cell] = {}
        for carry in self.carries:
            for (source, _), text in zip(carry.pairs(), carry.formulas, strict=False):
                places[source] = (row, 1 + len(places))
                formulas[places[source]] = Formula(text, places[source])
        return places

    def train(
        self,
        epochs: int,
        measure: Measure | None,
        annealing: Annealing | None,
        remarks: list[str],
        done: Callable[[], None] | None,
    ) -> Run:
        noted = [self._epoch(0, measure)]
        log = self._log()
        for number in range(1, epochs + 1):
            if log is not None:
                self._type(self.sheet, log[1], _kept(self.values.at(self.sheet, *log[0])))
                log = (log[0], (log[1][0] + 1, log[1][1]))
            for (sheet, *cell), value in self._copied().items():
                self._type(sheet, (cell[0], cell[1]), value)
            self.values = self._calculate({})
            if annealing is not None:
                self.values = annealing.after(self.values, self._calculate)
            noted.append(self._epoch(number, measure))
            if done is not None:
                done()
        self._forget_scratch()
        name = self.book.sheets[self.sheet].name
        how = measure.how if measure is not None else ""
        return Run(name, self.sheet, self.carries, how, noted, self.values, self.typed, remarks)

    def _copied(self) -> dict[Place, Scalar]:
        """All targets with what their sources hold now, so that none sees what another one has just received."""
        return {
            (self._home(carry), *target): _kept(self.values.at(self.sheet, *self.scratch.get(source, source)))
            for carry in self.carries
            for source, target in carry.pairs()
        }

    def _home(self, carry: Carry) -> int:
        return self.sheet if carry.sheet is None else carry.sheet

    def _type(self, sheet: int, cell: Cell, value: Scalar) -> None:
        self.typed.setdefault(sheet, {})[cell] = self.copy.sheets[sheet].constants[cell] = value

    def _calculate(self, typed: State) -> Values:
        for cell, value in typed.items():
            self._type(self.sheet, cell, value)
        return get_engine(ENGINE).run(self.plan, Options())

    def _epoch(self, number: int, measure: Measure | None) -> Epoch:
        starts = {
            name: self.values.at(self._home(carry), *target)
            for carry in self.carries
            for name, (_, target) in zip(carry.names, carry.pairs(), strict=True)
        }
        return Epoch(number, starts, None if measure is None else measure.of(self.values))

    def _log(self) -> tuple[Cell, Cell] | None:
        """As basic.onestep does it: the error (name rmse) goes below the list that starts at the name rmsestart."""
        source, start = (named_box(self.book, self.sheet, name) for name in ("rmse", "rmsestart"))
        if source is None or start is None:
            return None
        row = start.top
        while (row, start.left) in self.copy.sheets[self.sheet].constants:
            row += 1
        return (source.top, source.left), (row, start.left)

    def _forget_scratch(self) -> None:
        held = self.values.results[self.sheet]
        scratch = set(self.scratch.values())
        self.values.results[self.sheet] = {cell: value for cell, value in held.items() if cell not in scratch}


def _kept(value: Result) -> Scalar:
    """What is pasted. Raises UsageError where there is nothing to paste."""
    if isinstance(value, Unsupported):
        raise UsageError(f"what is to be copied could not be calculated: {value.reason}")
    return value
