"""What the workbook's names refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....address import Box, box_name, column_name, quote_sheet
from ....book import Name
from ....errors import FormulaError
from ....formula import parse
from ....formula.nodes import Literal, NameRef, Node, Ref
from ....values import REF
from ...findings import ERROR, WARNING, Finding, Place
from ..ground.case import Case, place_name
from ..ground.fills import Fill
from ..ground.trees import bare, box_at, nodes
from ..ground.whatif import is_copy
from .aims import Aimed, astray, uses
from .spans import Span, ill_fitting


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
            severity = ERROR if case.blocks or uses(case, name) else WARNING
            words = f"the name {_shown(case, name)} refers to #REF!: its cells are gone"
            yield _named(case, name, words, severity=severity)
        else:
            yield from _placed(case, name)


def misled(case: Case, found: list[Finding], told: list[Finding]) -> list[Finding]:
    """The findings, those of columns that use a name that is wrong as what follows from it."""
    wrong = {one.name.casefold(): one for one in told if one.kind == "name" and one.name and one.severity == ERROR}
    return [_followed(case, one, wrong) for one in found] if wrong else found


def _followed(case: Case, finding: Finding, wrong: dict[str, Finding]) -> Finding:
    program = case.desk.program(finding.place) if finding.place is not None else None
    if program is None or program.tree is None or not finding.cause or not finding.range or finding.kind != "formula":
        return finding
    used = (node.name.casefold() for node in nodes(program.tree) if isinstance(node, NameRef))
    first = next((wrong[name] for name in used if name in wrong), None)
    return finding if first is None else replace(finding, cause=False, caused_by=first.where)


def _lost(tree: Node) -> bool:
    return any(isinstance(node, Literal) and node.value is REF for node in nodes(tree))


def _named(case: Case, name: Name, message: str, expected: str | None = None, severity: str = ERROR) -> Finding:
    sheet = "" if name.sheet is None else case.desk.book.sheets[name.sheet].name
    return Finding(
        "name",
        severity,
        sheet,
        None,
        message,
        range=None,
        formula="=" + name.text,
        expected_formula=expected,
        name=name.name,
    )


def _shown(case: Case, name: Name) -> str:
    return name.name if name.sheet is None else f"{name.name} of sheet {case.desk.book.sheets[name.sheet].name}"


def _meant(case: Case, name: Name) -> tuple[int, Box] | None:
    """The sheet and the cells that a name means, where it is nothing but cells of one sheet."""
    try:
        ref = bare(parse(name.text, 1, 1))
    except FormulaError:
        return None
    span = case.desk.cells.links.span(ref.where, name.sheet or 0) if isinstance(ref, Ref) else None
    box = box_at(ref, 1, 1) if isinstance(ref, Ref) else None
    if span is None or box is None or len(span) != 1 or span[0] >= len(case.desk.book.sheets):
        return None
    return span[0], box


def _placed(case: Case, name: Name) -> Iterator[Finding]:
    meant = _meant(case, name)
    if meant is None:
        return
    sheet, box = meant
    for table in case.tables:
        if table.sheet != sheet or table.across:
            continue
        for fill in table.fills:
            if fill.line == box.left and table.first <= box.top <= table.last:
                yield from _in_fill(case, name, box, fill, table.last)
                return
    if box.height == box.width == 1:
        found = list(_beside(case, name, (sheet, box.top, box.left)))
        yield from found or _astray(case, name, (sheet, box.top, box.left))
        return
    ill = ill_fitting(case, (name, sheet, box), _wide(case))
    if ill is not None:
        right = f"={quote_sheet(case.desk.book.sheets[sheet].name)}!{absolute(ill[1])}"
        yield _named(case, name, f"the name {_shown(case, name)} covers {box_name(box)}, {ill[0]}", right, ill[2])


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


def _astray(case: Case, name: Name, place: Place) -> Iterator[Finding]:
    """A name that means an empty cell, a text, or a setting that is labelled otherwise."""
    found = astray(case, name, place, _cells(case))
    if found is not None:
        words, right = found
        expected = None if right is None else f"={_absolute_name(case, right)}"
        yield _named(case, name, f"the name {_shown(case, name)} points at {case.desk.name(place)}, {words}", expected)


def _all(case: Case) -> list[tuple[Name, tuple[int, Box]]]:
    """The names that mean cells, with these."""
    found = ((name, _meant(case, name)) for name in case.desk.book.names)
    return [(name, meant) for name, meant in found if meant is not None]


def _cells(case: Case) -> list[Aimed]:
    """The names that mean one cell."""
    single = ((name, sheet, box) for name, (sheet, box) in _all(case) if box.height == box.width == 1)
    return [(name, (sheet, box.top, box.left)) for name, sheet, box in single]


def _wide(case: Case) -> list[Span]:
    """The names that mean several cells."""
    return [(name, sheet, box) for name, (sheet, box) in _all(case) if box.height > 1 or box.width > 1]


def _absolute_name(case: Case, place: Place) -> str:
    return f"{quote_sheet(case.desk.book.sheets[place[0]].name)}!{absolute(Box(*place[1:], *place[1:]))}"


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
