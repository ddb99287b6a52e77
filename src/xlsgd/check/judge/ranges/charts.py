"""Charts against the cells that they show: series without cells, ranges one short, cached points that are old."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ....address import Box, box_name, cell_name
from ....book.chart_xml import Chart, Series, Source
from ....errors import FormulaError
from ....formula import parse
from ....formula.nodes import Corner, Node, Paren, Ref
from ....formula.printer import to_text
from ...findings import ERROR, WARNING, Finding
from ..ground.case import Case, said
from ..ground.trees import bare, box_at
from ..ground.whatif import near
from .axes import ends_early, misnamed, sticks_out
from .extents import Run, columns, lying
from .reaches import turned


@dataclass(frozen=True, slots=True)
class Shown:
    """The cells that an axis of a series shows."""

    sheet: int
    box: Box
    ref: Ref


def charts(case: Case, drawn: list[Chart]) -> Iterator[Finding]:
    """What is wrong with the charts; one finding a chart and mistake."""
    runs = [*columns(case), *lying(case)]
    for number, chart in enumerate(drawn, 1):
        told: set[str] = set()
        for finding in _in_chart(case, chart, number, runs):
            if finding.message not in told:
                told.add(finding.message)
                yield finding


def _in_chart(case: Case, chart: Chart, number: int, runs: list[Run]) -> Iterator[Finding]:
    if chart.series and not any(series.categories for series in chart.series):
        words = "has no cells for its horizontal axis: it counts 1, 2, 3 …"
        yield _finding(case, chart, number, words, severity=WARNING)
    known = [(_shown(case, chart, one.values), _shown(case, chart, one.categories)) for one in chart.series]
    yield from _named(case, chart, number, [values for values, _ in known])
    for series, (values, categories) in zip(chart.series, known, strict=True):
        for source, what in ((series.values, "series"), (series.categories, "axis")):
            yield from _lost(case, chart, number, source, what)
        if values is not None:
            mate = categories or _longest(values, [one for one, _ in known])
            yield from _ends(case, chart, number, series.values, values, runs, mate)
            yield from _cached(case, chart, number, series, values)
        if categories is not None:
            yield from _ends(case, chart, number, series.categories, categories, runs, values)


def _finding(
    case: Case,
    chart: Chart,
    number: int,
    words: str,
    *,
    severity: str = ERROR,
    source: Source | None = None,
    expected: str | None = None,
) -> Finding:
    title = f" '{chart.title}'" if chart.title else f" {number}"
    at = f" at {cell_name(*chart.anchor)}" if chart.anchor else ""
    return Finding(
        kind="chart",
        severity=severity,
        sheet=case.desk.book.sheets[chart.sheet].name,
        cell=cell_name(*chart.anchor) if chart.anchor else None,
        message=f"the chart{title}{at} {words}",
        formula=f"={source.formula}" if source and source.formula else None,
        expected_formula=expected,
        place=(chart.sheet, *chart.anchor) if chart.anchor else None,
    )


def _tree(source: Source | None) -> Node | None:
    if source is None or source.formula is None:
        return None
    try:
        tree = parse(source.formula, 1, 1)
    except FormulaError:
        return None
    while isinstance(tree, Paren):
        tree = tree.inner
    return tree


def _shown(case: Case, chart: Chart, source: Source | None) -> Shown | None:
    tree = _tree(source)
    if not isinstance(tree, Ref):
        return None
    box, span = box_at(tree, 1, 1), case.desk.cells.links.span(tree.where, chart.sheet)
    if box is None or span is None or len(span) != 1 or span[0] >= len(case.desk.book.sheets):
        return None
    return Shown(span[0], box, tree)


def _lost(case: Case, chart: Chart, number: int, source: Source | None, what: str) -> Iterator[Finding]:
    """A series or an axis whose cells are gone, or that refers to nothing."""
    if source is None or source.formula is None:
        return
    shown, tree = _shown(case, chart, source), _tree(source)
    if "#REF!" in source.formula or (tree is not None and shown is None and isinstance(bare(tree), Ref)):
        words = f"has a{'n' if what == 'axis' else ''} {what} that refers to {source.formula}: there are no such cells"
        yield _finding(case, chart, number, words, source=source)
    elif shown is not None and _empty(case, shown) and (source.points or what == "axis"):
        words = f"has a{'n' if what == 'axis' else ''} {what} of empty cells ({source.formula})"
        yield _finding(case, chart, number, words, source=source)
    elif shown is not None and _empty(case, shown) and any(series.categories for series in chart.series):
        words = f"shows {source.formula}, where there is nothing"
        yield _finding(case, chart, number, words, severity=WARNING, source=source)


def _empty(case: Case, shown: Shown) -> bool:
    sheet, box = shown.sheet, shown.box
    cells = ((sheet, row, col) for row in range(box.top, box.bottom + 1) for col in range(box.left, box.right + 1))
    return all(case.desk.at(place) is None for place in cells)


def _ends(
    case: Case, chart: Chart, number: int, source: Source | None, shown: Shown, runs: list[Run], mate: Shown | None
) -> Iterator[Finding]:
    """A range that stops before its column or its axis does, or takes the heading or a sum in."""
    box, across = shown.box, shown.box.height == 1 and shown.box.width > 1
    box = turned(box) if across else box
    if box.width > 1 or box.height < 2:
        return
    right = _whole(box, [run for run in runs if (run.sheet, run.col, run.across) == (shown.sheet, box.left, across)])
    words = "its column runs over"
    if right is None:
        mates = mate.box if mate is not None else None
        mates = turned(mates) if mates is not None and across else mates
        is_axis = _is_axis(chart, source)
        found = sticks_out(case, shown.sheet, box, across, is_axis)
        found = found or ends_early(case, shown.sheet, box, mates, across)
        if found is None and is_axis and mates is not None and mates.height > box.height + 1 and mates.width == 1:
            words = f"has an axis of {box.height} cells, {source.formula if source else ''}, for {mates.height} points"
            yield _finding(case, chart, number, words, source=source)
        if found is None:
            return
        words, right = found
    right = turned(right) if across else right
    words = f"shows {source.formula if source else ''}, {words} {box_name(right)}"
    yield _finding(case, chart, number, words, source=source, expected=f"={_moved(shown.ref, right)}")


def _is_axis(chart: Chart, source: Source | None) -> bool:
    """Whether a source is the horizontal axis of a series, not its values."""
    return any(series.categories is source for series in chart.series)


def _whole(box: Box, runs: list[Run]) -> Box | None:
    """The column of a range that stops a row or two before its end."""
    for run in runs:
        if box.height < 3 or box.top > run.last or box.bottom < run.first:
            continue
        low, high = box.top - run.first, run.last - box.bottom
        if (low, high) in ((0, 1), (1, 0), (0, 2), (2, 0)) and not (low and run.starts):
            return box._replace(top=run.first, bottom=run.last)
    return None


def _longest(shown: Shown, others: list[Shown | None]) -> Shown | None:
    """The longest of the other curves that begins on the same line."""
    beside = [one for one in others if one is not None and one.sheet == shown.sheet and one.box[:2] != shown.box[:2]]
    level = [one for one in beside if one.box.top == shown.box.top and one.box.width == shown.box.width == 1]
    return max(level, key=lambda one: one.box.height, default=None)


def _named(case: Case, chart: Chart, number: int, shown: list[Shown | None]) -> Iterator[Finding]:
    """Curves that have the name of another column."""
    boxes = [(one.sheet, one.box) if one is not None else None for one in shown]
    for series, at, one in zip(chart.series, boxes, shown, strict=True):
        name = _shown(case, chart, Source(series.name, 0, {})) if series.name else None
        title = (name.sheet, name.box.top, name.box.left) if name is not None and name.box.height == 1 else None
        found = misnamed(case, at, title, series.label, boxes) if at is not None and one is not None else None
        if found is not None:
            words = (
                f"shows {series.values.formula if series.values else ''} as '{found[0]}', its heading is '{found[1]}'"
            )
            yield _finding(case, chart, number, words, source=series.values)


def _moved(ref: Ref, box: Box) -> str:
    def end(corner: Corner, row: int, col: int) -> Corner:
        return replace(corner, row=row if corner.row_fixed else row - 1, col=col if corner.col_fixed else col - 1)

    first = end(ref.first, box.top, box.left)
    last = end(ref.last or ref.first, box.bottom, box.right)
    return to_text(replace(ref, first=first, last=last), 1, 1)


def _cached(case: Case, chart: Chart, number: int, series: Series, shown: Shown) -> Iterator[Finding]:
    """Points that the chart was drawn with and that its cells do not hold."""
    source, box = series.values, shown.box
    if source is None or not source.points or not case.desk.has_cache or (box.width > 1 and box.height > 1):
        return
    cells = [
        (shown.sheet, row, col) for row in range(box.top, box.bottom + 1) for col in range(box.left, box.right + 1)
    ]
    numbers = {index: point for index, point in source.points.items() if isinstance(point, float)}
    if not any(numbers.values()):
        return
    for index, point in sorted(numbers.items()):
        if index >= len(cells):
            break
        value, place = case.desk.at(cells[index]), cells[index]
        program = case.desk.program(place)
        if program is not None and case.desk.changes(program):
            continue
        if type(value) is float and not near(value, point, 1e-300, 1e-9):
            words = f"was drawn with {point:.6g} for {case.desk.name(place)}, which now holds {said(value)}"
            yield _finding(case, chart, number, words, source=source)
            return
