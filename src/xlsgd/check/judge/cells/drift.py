"""References that move where they should stay, formulas that change half-way down, references that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....address import Box, box_name
from ....formula.nodes import Call, Corner, Literal, NameRef, Node, Ref
from ....plan.regions import regions
from ....values import REF
from ...findings import Finding, Place
from ..ground.case import Case, formula_text, place_name, said
from ..ground.compare import difference
from ..ground.fills import Fill, Table
from ..ground.trees import box_at, nodes, paths, put
from ..ground.whatif import is_copy
from .breaks import carries, recurrent
from .data import Swept, drifts, swept


def drift(case: Case) -> Iterator[Finding]:
    """Fills whose reference to a setting, or whose range, lacks its ``$``."""
    for table in case.tables:
        for fill in table.fills:
            for run in swept(case, fill):
                if drifts(case, table, run):
                    yield _drift(case, fill, run)
            yield from _ranges(case, fill)


def _ranges(case: Case, fill: Fill) -> Iterator[Finding]:
    """A range that is full of numbers for the first cell and runs into nothing further down."""
    tree = fill.program.tree
    assert tree is not None
    spots = [(path, node) for path, node in paths(tree) if isinstance(node, Ref) and node.last is not None]
    moving = [(path, ref) for path, ref in spots if isinstance(ref, Ref) and _moves(case, fill, ref)]
    if not moving:
        return
    fixed = tree
    for path, ref in moving:
        fixed = put(fixed, path, _anchored(fill, ref))
    place = fill.place(fill.first + 1)
    words = (
        f"{place_name(place)} reads {_shown(moving[0][1], place)}, which moves down with the formula and leaves the "
        f"data: the $ is missing"
    )
    value, expected = case.desk.evaluate(fixed, place), formula_text(fixed, place)
    run = fill.range_name(fill.first + 1)
    yield case.finding("reference", place, words, expected=expected, wanted=value, run=run)


def _moves(case: Case, fill: Fill, ref: Ref) -> bool:
    span = case.desk.cells.links.span(ref.where, fill.sheet)
    ends = [ref.first, ref.last or ref.first]
    if span is None or len(span) != 1 or any(one.col_fixed if fill.across else one.row_fixed for one in ends):
        return False
    boxes = [box_at(ref, *fill.place(at)[1:]) for at in (fill.first, fill.last)]
    if any(box is None or (box.width if fill.across else box.height) < 3 for box in boxes):
        return False
    return _full(case, span[0], boxes[0]) and not _full(case, span[0], boxes[1])


def _full(case: Case, sheet: int, box: Box | None) -> bool:
    if box is None or box.height * box.width > 100_000:
        return True
    cells = ((sheet, row, col) for row in range(box.top, box.bottom + 1) for col in range(box.left, box.right + 1))
    return all(case.desk.number(place) is not None for place in cells)


def _anchored(fill: Fill, ref: Ref) -> Ref:
    """A range fixed where the fill's first cell has it."""
    box = box_at(ref, *fill.place(fill.first)[1:])
    assert box is not None
    assert ref.last is not None
    first = Corner(box.top, box.left, True, True)
    return replace(ref, first=first, last=Corner(box.bottom, box.right, True, True))


def _shown(ref: Ref, place: Place) -> str:
    return formula_text(ref, place)[1:]


def _drift(case: Case, fill: Fill, run: Swept) -> Finding:
    target, tree = run.cells[0], fill.program.tree
    assert tree is not None
    corner = run.ref.first
    if fill.across:
        fixed = replace(corner, col=target[2], col_fixed=True, row=target[1], row_fixed=True)
    else:
        fixed = replace(corner, row=target[1], row_fixed=True, col=target[2], col_fixed=True)
    spots = [path for path, node in paths(tree) if node == run.ref]
    for path in spots:
        tree = put(tree, path, replace(run.ref, first=fixed))
    place = fill.place(fill.first + 1)
    reads, wanted = place_name(run.cells[1]), f"{place_name(target)}"
    words = (
        f"{place_name(place)} reads {reads} ({said(case.desk.at(run.cells[1]))}) where its column wants {wanted} in "
        f"every row: the $ is missing, so the reference moves down with the formula"
    )
    return case.finding(
        "reference",
        place,
        words,
        expected=formula_text(tree, place),
        wanted=case.desk.evaluate(tree, place),
        run=fill.range_name(fill.first + 1),
    )


def seams(case: Case) -> Iterator[Finding]:
    """Columns whose formula changes half-way, or becomes typed numbers."""
    fills = [fill for table in case.tables for fill in table.fills]
    for table in case.tables:
        for fill in table.fills:
            other = next((one for one in fills if _follows(fill, one)), None)
            if other is not None:
                yield from _seam(case, fill, other)
            else:
                yield from _typed_end(case, fill)


def _follows(fill: Fill, other: Fill) -> bool:
    same = (fill.sheet, fill.line, fill.across) == (other.sheet, other.line, other.across)
    return same and other.first - fill.last in (1, 2) and fill is not other


def _seam(case: Case, fill: Fill, other: Fill) -> Iterator[Finding]:
    wrong, right = (other, fill) if other.size <= fill.size else (fill, other)
    one, two = wrong.program.tree, right.program.tree
    assert one is not None
    assert two is not None
    place = wrong.place(wrong.first)
    if is_copy(one) or is_copy(two) or (wrong is fill and recurrent(two, right)):
        return
    found = difference(case.desk, one, two, place)
    if found.kind != "reference" and not (found.kind and _one_literal(one, two)):
        return
    if _another_setting(case, one, two, place):
        return
    words = f"from {place_name(place)} on the column's formula is another one: {found.words}"
    value = case.desk.evaluate(two, place)
    expected, run = right.text(case.desk, place), wrong.range_name()
    yield case.finding(found.kind, place, words, expected=expected, wanted=value, run=run)


def _one_literal(one: Node, two: Node) -> bool:
    from ..ground.trees import same_shape

    spots = same_shape(one, two)
    return spots is not None and len(spots) == 1


def _another_setting(case: Case, one: Node, two: Node, place: Place) -> bool:
    """Whether the only difference is which setting is read: a schedule that somebody made by hand."""
    from ..ground.trees import box_at, same_shape

    for _, a, b in same_shape(one, two) or ():
        for node in (a, b):
            if not (isinstance(node, Ref) and node.first.row_fixed and node.last is None):
                return False
            box = box_at(node, *place[1:])
            if box is None or case.desk.program((place[0], box.top, box.left)) is not None:
                return False
    return True


def _typed_end(case: Case, fill: Fill) -> Iterator[Finding]:
    """A fill that ends in typed numbers while its neighbours go on."""
    table = _longer(case, fill)
    tree = fill.program.tree
    if table is None or tree is None or carries(tree, fill):
        return
    rest = range(fill.last + 1, table.last + 1)
    numbers = [position for position in rest if _typed(case, fill.place(position))]
    if len(numbers) * 5 < 4 * len(rest):
        return
    place = fill.place(fill.last + 1)
    expected = fill.text(case.desk, place)
    words = f"from {place_name(place)} on the column holds typed numbers, not its formula {expected}"
    value = case.desk.evaluate(tree, place)
    run = fill.range_name(fill.last + 1, numbers[-1])
    yield case.finding("hard-coded", place, words, expected=expected, wanted=value, run=run)


def _typed(case: Case, place: Place) -> bool:
    return case.desk.program(place) is None and case.desk.number(place) is not None


def _longer(case: Case, fill: Fill) -> Table | None:
    for table in case.tables:
        same = (table.sheet, table.across) == (fill.sheet, fill.across)
        if same and abs(table.first - fill.first) <= 2 and table.last - fill.last > 2 and len(table.fills) > 1:
            return table
    return None


def lost(case: Case) -> Iterator[Finding]:
    """Formulas with #REF! in them, and formulas that use a name that does not exist; one finding a run."""
    for sheet, cells in enumerate(case.desk.plan.programs):
        for region in regions(cells.spans()):
            tree = region.program.tree
            if tree is None:
                continue
            place = (sheet, region.box.top, region.box.left)
            run = box_name(region.box) if region.size > 1 else None
            if any(isinstance(node, Literal) and node.value is REF for node in nodes(tree)):
                words = f"{place_name(place)} refers to #REF!: the cells that it read are gone"
                yield case.finding("reference", place, words, run=run)
            for name in _unknown(case, tree, sheet):
                words = f"{place_name(place)} uses the name {name}, which this workbook does not define"
                yield case.finding("name", place, words, run=run)


def _unknown(case: Case, tree: Node, sheet: int) -> list[str]:
    from ....functions import registry

    if any(isinstance(node, Call) and node.name in ("LET", "LAMBDA") for node in nodes(tree)):
        return []
    links = case.desk.cells.links
    found = []
    for node in nodes(tree):
        if isinstance(node, NameRef) and (node.where is None or node.where.book is None):
            known = links.name(node.name, node.where, sheet) or links.tables.get(node.name.casefold())
            if known is None and registry.lookup(node.name.upper()) is None:
                found.append(node.name)
    return sorted(set(found))
