"""How the workbook asks to be calculated, and what its names refer to."""

from __future__ import annotations

from collections.abc import Iterator

from ...address import Box, box_name, column_name, quote_sheet
from ...book import Name
from ...errors import FormulaError
from ...formula import parse
from ...formula.nodes import Literal, NameRef, Node, Ref
from ...limits import current
from ...values import REF
from ..findings import ERROR, WARNING, Finding, Place
from .case import Case, place_name
from .extents import columns
from .fills import Fill
from .trees import bare, box_at, nodes
from .whatif import is_copy


def settings(case: Case) -> Iterator[Finding]:
    """Manual calculation, precision as displayed, iteration."""
    asked = case.desk.book.settings
    if asked.mode == "manual":
        yield _whole(
            "calculation is set to manual: values do not follow when inputs change; set Formulas > Calculation "
            "Options to Automatic"
        )
    if not asked.full_precision:
        yield _whole(
            "precision as displayed is on: Excel rounds every value to its number format and trains with the rounded "
            "ones; switch it off under File > Options > Advanced"
        )
    if asked.iterate:
        words = "iterative calculation is on: a circular reference would go unnoticed"
        yield _whole(words + "; switch it off under File > Options > Formulas", WARNING)


def unfinished(case: Case) -> Iterator[Finding]:
    """Say where checking has come to its end before the workbook has."""
    if case.desk.cells.meter.refused:
        words = f"not everything was checked: that takes more than the limit of {current().steps:,} steps allows"
        yield _whole(words + "; raise it with --limit steps=NUMBER", WARNING)


def _whole(message: str, severity: str = ERROR) -> Finding:
    return Finding("settings", severity, "", None, message)


def names(case: Case) -> Iterator[Finding]:
    """Names that are #REF! and names that stop one row short of what they name."""
    for name in case.desk.book.names:
        if name.hidden or name.name.startswith("_xl"):
            continue
        try:
            tree = parse(name.text, 1, 1)
        except FormulaError:
            continue
        if _lost(tree):
            severity = ERROR if case.blocks or _used(case, name) else WARNING
            words = f"the name {_shown(case, name)} refers to #REF!: its cells are gone"
            yield _named(case, name, words, severity=severity)
        elif isinstance(bare(tree), Ref):
            yield from _placed(case, name, bare(tree))  # type: ignore[arg-type]  # just tested


def _lost(tree: Node) -> bool:
    return any(isinstance(node, Literal) and node.value is REF for node in nodes(tree))


def _used(case: Case, name: Name) -> bool:
    """Whether a formula uses a name."""
    programs = {id(one): one for cells in case.desk.programs for one in cells.values()}
    return any(
        isinstance(node, NameRef) and node.name.casefold() == name.name.casefold()
        for one in programs.values()
        if one.tree is not None
        for node in nodes(one.tree)
    )


def _named(case: Case, name: Name, message: str, expected: str | None = None, severity: str = ERROR) -> Finding:
    sheet = "" if name.sheet is None else case.desk.book.sheets[name.sheet].name
    return Finding(
        "name", severity, sheet, None, message, range=None, formula="=" + name.text, expected_formula=expected
    )


def _shown(case: Case, name: Name) -> str:
    return name.name if name.sheet is None else f"{name.name} of sheet {case.desk.book.sheets[name.sheet].name}"


def _placed(case: Case, name: Name, ref: Ref) -> Iterator[Finding]:
    span = case.desk.cells.links.span(ref.where, name.sheet or 0)
    box = box_at(ref, 1, 1)
    if span is None or box is None or len(span) != 1 or span[0] >= len(case.desk.book.sheets):
        return
    sheet = span[0]
    for table in case.tables:
        if table.sheet != sheet or table.across:
            continue
        for fill in table.fills:
            if fill.line == box.left and table.first <= box.top <= table.last:
                yield from _in_fill(case, name, box, fill, table.last)
                return
    for run in columns(case):
        if (run.sheet, run.col) == (sheet, box.left) and box.width == 1 and run.typed and box.height >= 3:
            short = (box.top - run.first, run.last - box.bottom) in ((0, 1), (1, 0))
            if short:
                right = f"={quote_sheet(case.desk.book.sheets[sheet].name)}!"
                right += absolute(Box(run.first, run.col, run.last, run.col))
                words = (
                    f"the name {_shown(case, name)} covers {box_name(box)}, its column runs over rows {run.first} to"
                )
                yield _named(case, name, f"{words} {run.last}", right)
                return
    if box.height == box.width == 1:
        yield from _beside(case, name, (sheet, box.top, box.left))


def _in_fill(case: Case, name: Name, box: Box, fill: Fill, last: int) -> Iterator[Finding]:
    """A name within a column that a table fills down to row ``last``."""
    sheet = quote_sheet(case.desk.book.sheets[fill.sheet].name)
    if box.height == 1 and box.top == last - 1:
        right = f"={sheet}!{absolute(Box(last, box.left, last, box.right))}"
        words = f"the name {_shown(case, name)} points at {box_name(box)}, the row before the last one (row {last})"
        yield _named(case, name, words, right)
    elif box.height == 1 and box.top == last and _ends(name.name) and _handed_on(fill) is not None:
        col = fill.line + (_handed_on(fill) or 0)
        if case.desk.program((fill.sheet, last + 1, fill.line)) is not None:
            right = f"={sheet}!{absolute(Box(last + 1, fill.line, last + 1, fill.line))}"
        else:
            right = f"={sheet}!{absolute(Box(last, col, last, col))}"
        words = (
            f"the name {_shown(case, name)} points at {box_name(box)}, the value before the last row's update; the "
            f"last value stands in {right[1:]}"
        )
        yield _named(case, name, words, right)
    elif box.height >= 3 and box.top <= fill.first and box.bottom in (last - 1, last - 2):
        right = f"={sheet}!{absolute(Box(box.top, box.left, last, box.left))}"
        yield _named(case, name, f"the name {_shown(case, name)} stops at row {box.bottom}, the table at {last}", right)


def _beside(case: Case, name: Name, place: Place) -> Iterator[Finding]:
    """A name whose word stands beside the cell above or below the one that it points at, and not beside its own."""
    if _is_called(case, name.name, place):
        return
    for row in (place[1] + 1, place[1] - 1):
        other = (place[0], row, place[2])
        if row >= 1 and _is_called(case, name.name, other) and case.desk.number(other) is not None:
            sheet = quote_sheet(case.desk.book.sheets[place[0]].name)
            right = f"={sheet}!{absolute(Box(row, place[2], row, place[2]))}"
            words = f"the name {_shown(case, name)} points at {place_name(place)}, its label stands beside "
            yield _named(case, name, words + place_name(other), right)
            return


def _is_called(case: Case, name: str, place: Place) -> bool:
    """Whether the label to the left of a cell is the name, but for blanks and signs."""
    for col in range(place[2] - 1, max(0, place[2] - 4), -1):
        text = case.desk.at((place[0], place[1], col))
        if text is not None:
            return isinstance(text, str) and _bare(text) == _bare(name)
    return False


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_LAST_WORDS = ("last", "final", "end", "result", "trained", "latest", "fitted")


def _ends(name: str) -> bool:
    return any(word in name.casefold() for word in _LAST_WORDS)


def _handed_on(fill: Fill) -> int | None:
    """Columns to the right at which the new value stands where a column takes it over from the row before."""
    tree = bare(fill.program.tree) if fill.program.tree is not None else None
    if not isinstance(tree, Ref) or not is_copy(tree) or tree.where is not None:
        return None
    corner = tree.first
    if corner.row_fixed or corner.row != -1 or corner.col_fixed or corner.col == 0:
        return None
    return corner.col


def absolute(box: Box) -> str:
    """``$C$4:$C$32``."""
    ends = [f"${column_name(box.left)}${box.top}", f"${column_name(box.right)}${box.bottom}"]
    return ends[0] if ends[0] == ends[1] else ":".join(ends)
