"""Charts of two workbooks: which cells they show, and the points that the files have stored of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ..address import cell_name
from ..book import Book
from ..book.chart_xml import Chart, Series, Source, read_charts
from .diff_moves import Places, moved_text


@dataclass(frozen=True, slots=True)
class Other:
    """A name, a chart or a setting that differs; None: the workbook has none."""

    what: str
    old: str | None
    new: str | None


def diff_charts(one: Book, two: Book, partner: Mapping[int, int], places: Places) -> tuple[Other, ...]:
    """The charts that differ on the sheets that both have, those of one title together.

    A book that came from no file has none.
    """
    ours, theirs = _by_sheet(one), _by_sheet(two)
    back = {b: a for a, b in partner.items()}
    found: list[Other] = []
    for b, a in sorted(back.items()):
        before, after = ours.get(a, []), theirs.get(b, [])
        for old, new in _partners(before, after):
            name = f"{two.sheets[b].name}: {_title(new or old)}"
            found += _pair(name, old, new, one.sheets[a].name, places)
    return tuple(found)


def _by_sheet(book: Book) -> dict[int, list[Chart]]:
    found: defaultdict[int, list[Chart]] = defaultdict(list)
    for chart in read_charts(book.path) if book.path is not None else ():
        found[chart.sheet].append(chart)
    return found


def _partners(before: Sequence[Chart], after: Sequence[Chart]) -> Iterator[tuple[Chart | None, Chart | None]]:
    """The charts of a sheet that belong together: by title, then in their order."""
    left, rest = list(after), list[Chart]()
    for old in before:
        new = next((one for one in left if one.title == old.title), None)
        if new is None:
            rest.append(old)
        else:
            left.remove(new)
            yield old, new
    yield from zip_longest(rest, left)


def _title(chart: Chart | None) -> str:
    if chart is None:
        return ""
    where = f" at {cell_name(*chart.anchor)}" if chart.anchor else ""
    return f"chart '{chart.title}'{where}" if chart.title else f"chart{where}"


def _pair(name: str, old: Chart | None, new: Chart | None, home: str, places: Places) -> Iterator[Other]:
    if old is None or new is None:
        yield Other(name, _told(old), _told(new))
        return
    if (old.kind, old.title) != (new.kind, new.title):
        yield Other(name, f"{old.kind} '{old.title}'", f"{new.kind} '{new.title}'")
    for number in range(max(len(old.series), len(new.series))):
        one = old.series[number] if number < len(old.series) else None
        two = new.series[number] if number < len(new.series) else None
        which = f"{name}, series {number + 1}"
        before = moved = None
        if one is not None:
            before, moved = _series(one), _series(one, home, places)
        after = _series(two) if two is not None else None
        if after not in (before, moved):
            yield Other(which, before, after)
        elif one is not None and two is not None and _points(one) != _points(two):
            yield Other(which, "other stored points", "other stored points")


def _told(chart: Chart | None) -> str | None:
    return None if chart is None else f"{chart.kind}, {len(chart.series)} series"


def _series(series: Series, home: str = "", places: Places | None = None) -> str:
    """Which cells a series shows, as they would be called in the other workbook where places are given."""
    values, categories = (_cells(one, home, places) for one in (series.values, series.categories))
    return f"{values} by {categories}" if categories else values


def _cells(source: Source | None, home: str, places: Places | None) -> str:
    if source is None:
        return ""
    if source.formula is None:
        return "typed numbers"
    moved = moved_text(source.formula, home, places) if places is not None else None
    return moved or source.formula


def _points(series: Series) -> list[dict[int, float | str]]:
    return [source.points for source in (series.values, series.categories) if source is not None]
