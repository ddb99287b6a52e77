"""What an epoch hands to the next: pairs of ranges, copied as values from the end of the table to its top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..address import Box, box_name, cell_name, parse_box, quote_sheet
from ..book import Book, Cell
from ..check.understand import Block
from ..errors import UsageError
from ..formula import to_text
from ..formula.references import sheet_part
from ..plan import Plan
from ..plan.precedents import Reader

NAMED = (
    ("slope", ("lastslope",)),
    ("const", ("lastconst",)),
    ("momtarget", ("momlast",)),
    ("gradtarget", ("ms_last", "histgrad")),
    ("ft_2", ("ft_1",)),
    ("ft_1", ("loss",)),
    ("dt_1", ("dtee",)),
)
"""Target ← source by the names of graddesc.xlsm, as its macros ``onestep`` copy them; of several sources the first."""


@dataclass(frozen=True, slots=True)
class Carry:
    """Values of ``source`` go to ``target``, cell by cell in reading order. names: what each cell is called.

    formulas: in place of source, formulas to evaluate (without ``=``), for a last update that no cell holds.
    sheet, where: the sheet of the target and its name, where it is not the one that trains.
    """

    source: Box
    target: Box
    names: tuple[str, ...]
    formulas: tuple[str, ...] = ()
    sheet: int | None = None
    where: str = ""

    def __str__(self) -> str:
        source = ", ".join(f"={text}" for text in self.formulas) or box_name(self.source)
        return f"{source} → {self.place} ({', '.join(self.names)})"

    @property
    def place(self) -> str:
        """The target's name, with its sheet where it is another one."""
        return (quote_sheet(self.where) + "!" if self.where else "") + box_name(self.target)

    def pairs(self) -> list[tuple[Cell, Cell]]:
        """Source and target, cell by cell."""
        return list(zip(cells(self.source), cells(self.target), strict=True))


def cells(box: Box) -> list[Cell]:
    """The cells of a rectangle in reading order."""
    return [(row, col) for row in range(box.top, box.bottom + 1) for col in range(box.left, box.right + 1)]


def parse_carry(text: str) -> Carry:
    """A carry as it is typed: ``C32:D32=C1:C2``, from the left to the right. Raises UsageError.

    >>> str(parse_carry("C32:D32=C1:C2"))
    'C32:D32 → C1:C2 (C1, C2)'
    """
    source, _, target = (part.strip() for part in text.partition("="))
    first, second = parse_box(source), parse_box(target)
    if first is None or second is None:
        raise UsageError(f"--carry '{text}': wanted are two ranges, from and to, such as C32:D32=C1:C2")
    if len(cells(first)) != len(cells(second)):
        sizes = f"{len(cells(first))} and {len(cells(second))} cells"
        raise UsageError(f"--carry '{text}': the ranges have {sizes}, give two of one size")
    return Carry(first, second, tuple(box_name(Box(*cell, *cell)) for cell in cells(second)))


def named_carries(book: Book, sheet: int, plan: Plan) -> tuple[list[Carry], list[str]]:
    """The carries that the workbook's names tell for a sheet, and remarks about names that cannot be used."""
    read = list(_read(plan, sheet))
    found: list[Carry] = []
    remarks: list[str] = []
    for name, sources in NAMED:
        target = named_box(book, sheet, name)
        source = next((box for one in sources if (box := named_box(book, sheet, one)) is not None), None)
        lost = [one for one in (name, *sources) if _lost(book, sheet, one)]
        if target is None or source is None:
            if lost:
                remarks.append(f"left out, as they refer to no cell (#REF!): {', '.join(lost)}")
            continue
        used = all(any(area.has(*cell) for area in read) for cell in cells(target))
        if used and len(cells(target)) == len(cells(source)):
            found.append(Carry(source, target, _labels(name, target)))
    return found, remarks


def _labels(name: str, target: Box) -> tuple[str, ...]:
    count = len(cells(target))
    return (name,) if count == 1 else tuple(f"{name} {number}" for number in range(1, count + 1))


def _read(plan: Plan, sheet: int) -> Iterator[Box]:
    """What the formulas of a sheet read on it."""
    reader = Reader.of(plan.book)
    for step in plan.steps:
        for region in step.regions:
            if region.program.sheet == sheet:
                for area in reader.areas(region):
                    if area.sheet == sheet:
                        yield Box(*area[1:])


def named_box(book: Book, sheet: int, name: str) -> Box | None:
    """The cells of a sheet that a name refers to (the sheet's own name before the workbook's), or None."""
    text = _text(book, sheet, name)
    where, mark, place = (text or "").rpartition("!")
    if not mark or book.index(sheet_part(where + "!").sheet) != sheet:
        return None
    return parse_box(place)


def _lost(book: Book, sheet: int, name: str) -> bool:
    return "#REF!" in (_text(book, sheet, name) or "")


def _text(book: Book, sheet: int, name: str) -> str | None:
    for scope in (sheet, None):
        for one in book.names:
            if one.name.casefold() == name and one.sheet == scope:
                return one.text
    return None


def understood_carries(book: Book, blocks: Sequence[Block]) -> list[Carry]:
    """The carries of what was understood: last updates and last states of a table, to where they start.

    blocks: those of one sheet. Where a table continues another one, only the ends of such a chain count.
    """
    found: list[Carry] = []
    for number, block in enumerate(blocks):
        if any(other.continues == number for other in blocks):
            continue
        first = block
        while first.continues is not None:
            first = blocks[first.continues]
        found += _of_chain(book, first, block)
    return _told_apart(found)


def _told_apart(carries: Sequence[Carry]) -> list[Carry]:
    """Carries of several trainings whose weights have the same names get the cell behind the name."""
    counts = Counter(name for carry in carries for name in carry.names)
    return [
        replace(carry, names=tuple(f"{name} ({carry.place})" if counts[name] > 1 else name for name in carry.names))
        for carry in carries
    ]


def _of_chain(book: Book, first: Block, last: Block) -> Iterator[Carry]:
    for name, (sheet, row, col) in first.starts.items():
        own = _called(first, last, name)
        column = last.updates.get(own, _column(last, own))
        if column is None:
            continue
        other = None if sheet == first.sheet else sheet
        cell = (column, last.last) if last.across else (last.last, column)
        formulas = (_next(last, column),) if own in last.updates and _in_place(last, own) else ()
        yield Carry(
            Box(*cell, *cell),
            Box(row, col, row, col),
            (name,),
            tuple(text for text in formulas if text),
            other,
            book.sheets[sheet].name if other is not None else "",
        )


def _called(first: Block, last: Block, name: str) -> str:
    """What a table calls the weight or state of the table that it continues: it may have no headings of its own."""
    if first is last or name in last.updates or _column(last, name) is not None:
        return name
    column = _column(first, name)
    return last.columns[column].name if column in last.columns else name


def _column(block: Block, name: str) -> int | None:
    return next((col for col, column in block.columns.items() if name == column.name), None)


def _in_place(block: Block, name: str) -> bool:
    """Whether a weight's own column holds its new value in the next row, so that the last update stands nowhere."""
    return block.columns[block.updates[name]].role == "weight"


def _next(block: Block, column: int) -> str:
    """The formula of a column as it would read in the row behind the last."""
    program = block.columns[column].program
    if program is None or program.tree is None:
        return ""
    cell = (column, block.last + 1) if block.across else (block.last + 1, column)
    return to_text(program.tree, *cell)


def early(carries: Sequence[Carry], blocks: Sequence[Block]) -> Iterator[str]:
    """A remark about carries that take weights before their last update."""
    updates = {
        (block.last, weight.col): (block.last, block.updates[weight.name])
        for block in blocks
        for weight in block.weights
        if not block.across and weight.name in block.updates and not _in_place(block, weight.name)
    }
    late = [
        (label, source, target)
        for carry in carries
        for (source, target), label in zip(carry.pairs(), carry.names, strict=True)
        if source in updates
    ]
    if late:
        names = " and ".join(label for label, _, _ in late)
        cure = " ".join(f"--carry {cell_name(*updates[source])}={cell_name(*target)}" for _, source, target in late)
        yield f"{names} start from the weights before the last row's update, so each epoch drops one; kept with {cure}"
