"""The overview of a batch as one page: the totals, what is wrong where, and every workbook in a table.

The page works from a disk: it asks for nothing, and its one script only sorts and filters. It links to the page of each
workbook where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from ..display import plain
from .batch_page_look import SCRIPT, STYLE
from .batch_rows import NOTHING_TRAINS, VERDICTS, BatchReport, Row, Told, Totals, count, line, where
from .batch_table import pace
from .html_parts import Html, Part, page, tag

MAX_LISTED = 10
MAX_VANISHED = 500
MAX_MESSAGE = 600
COLUMNS = (
    ("verdict", ""),
    ("workbook", ""),
    ("errors", "n"),
    ("warnings", "n late"),
    ("first cause", ""),
    ("s", "n late"),
)
_NAMES = {"error": "not checked", "differs": "differ"}
_ORDER = {"error": "0", "differs": "1", "unrecognised": "2", "ok": "3"}


def batch_page(batch: BatchReport, now: datetime | None = None) -> bytes:
    """The page, UTF-8."""
    totals = batch.totals
    title = f"{count(totals.workbooks, 'workbook')}: {count(totals.failed, 'failure') if totals.failed else 'all pass'}"
    parts = [
        _head(batch, now or datetime.now(UTC)),
        _tiles(batch),
        tag("div", _kinds(totals), _worst(batch), class_="columns"),
        tag("div", _troubles(batch), _baseline(batch), class_="columns"),
        _all(batch),
    ]
    return page(f"xlsgd batch: {title}", parts, style=STYLE, script=SCRIPT).encode("utf-8", "replace")


def _head(batch: BatchReport, now: datetime) -> Html:
    paths = ", ".join(map(plain, batch.paths[:5])) + (" …" if len(batch.paths) > 5 else "")
    words = [
        paths,
        pace(batch),
        now.strftime("%Y-%m-%d %H:%M UTC"),
    ]
    return tag("header", tag("h1", "xlsgd batch"), tag("p", " · ".join(filter(None, words)), class_="soft"))


def _tiles(batch: BatchReport) -> Html:
    """A number a verdict, which filters the table, and the verdicts' shares."""
    totals = batch.totals
    tiles = [_tile(one, _NAMES.get(one, one), totals.verdicts[one]) for one in VERDICTS]
    if batch.baseline:
        tiles += [_tile("new", "new findings", totals.new), _tile("known", "known findings", totals.known)]
    shares = [
        tag("i", class_=f"t-{one}", style=f"flex:{totals.verdicts[one]}") for one in VERDICTS if totals.verdicts[one]
    ]
    return tag("div", tag("div", tiles, class_="tiles"), tag("div", shares, class_="share", aria_hidden="true"))


def _tile(value: str, name: str, number: int) -> Html:
    look = f"tile t-{value}" + ("" if number else " empty")
    inner = (tag("b", f"{number:,}"), tag("span", name))
    return tag("button", inner, class_=look, type="button", data_pick="verdict", value=value, disabled=True)


def _kinds(totals: Totals) -> Html | None:
    """How many causes of which kind; each name filters the table."""
    if not totals.kinds:
        return None
    most = max(max(totals.errors.values(), default=1), max(totals.warnings.values(), default=1))
    head = tag(
        "tr", tag("th", "kind"), [tag("th", one, class_="n") for one in ("errors", "warnings", "workbooks")], tag("th")
    )
    rows = [
        tag(
            "tr",
            tag("td", tag("button", kind, type="button", data_pick="kind", value=kind, disabled=True)),
            [tag("td", f"{one[kind]:,}" if one[kind] else "", class_="n") for one in (totals.errors, totals.warnings)],
            tag("td", f"{totals.books[kind]:,}", class_="n"),
            tag("td", _bar(totals.errors[kind], most), _bar(totals.warnings[kind], most, "w"), class_="bar"),
        )
        for kind in totals.kinds
    ]
    return _section("Causes by kind", tag("table", tag("thead", head), tag("tbody", rows), class_="kinds"))


def _bar(number: int, most: int, look: str | None = None) -> Html | None:
    return tag("i", style=f"width:{100 * number / most:.1f}%", class_=look) if number else None


def _worst(batch: BatchReport) -> Html | None:
    """The workbooks with most errors."""
    wrong = sorted((row for row in batch.rows if _number(row.errors) > 1), key=lambda row: -_number(row.errors))[
        :MAX_LISTED
    ]
    items = [tag("li", tag("span", count(_number(row.errors), "error"), class_="n"), _link(row)) for row in wrong]
    return _section("Most errors", tag("ul", items, class_="list")) if items else None


def _troubles(batch: BatchReport) -> Html | None:
    """The workbooks that could not be checked, and why."""
    rows = [row for row in batch.rows if row.error is not None]
    items = [
        tag("li", _link(row), " ", _badges(row, batch), tag("p", _message(row.error["message"], row.file)))
        for row in rows[:MAX_LISTED]
        if row.error is not None
    ]
    if len(rows) > MAX_LISTED:
        items.append(tag("li", f"and {len(rows) - MAX_LISTED:,} more, in the table below"))
    return _section("Not checked", tag("ul", items, class_="list")) if items else None


def _baseline(batch: BatchReport) -> Html | None:
    """What the baseline knows and nobody found any more."""
    if not batch.vanished:
        return None
    items = [tag("li", plain(one)) for one in batch.vanished[:MAX_VANISHED]]
    if len(batch.vanished) > MAX_VANISHED:
        items.append(tag("li", f"and {len(batch.vanished) - MAX_VANISHED:,} more"))
    number = count(len(batch.vanished), "finding")
    return _section(
        "Vanished since the baseline", tag("details", tag("summary", number), tag("ul", items, class_="list"))
    )


def _all(batch: BatchReport) -> Html:
    """The table of all workbooks, those that fail first."""
    heads = [_heading(name, look) for name, look in COLUMNS]
    ranked = sorted(batch.rows, key=lambda row: (not row.failed, _ORDER[row.verdict]))
    rows = [tag("tr", _cells(row, batch), data_state=_state(row), data_kinds=_kinds_of(row)) for row in ranked]
    tools = tag(
        "div",
        tag("input", type="search", placeholder="Filter: words of name, variant, cell, message …", aria_label="Filter"),
        tag("output"),
        tag("button", "show all", type="button", hidden=True),
        class_="tools",
        hidden=True,
    )
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", [[row, "\n"] for row in rows]), class_="all")
    return _section(
        "All workbooks",
        tools,
        tag("div", table, class_="wide"),
        tag("p", "No workbook is like that.", class_="none", hidden=True),
    )


def _heading(name: str, look: str) -> Html:
    button = tag("button", name, type="button", disabled=True)
    return tag("th", button, class_=look or None, scope="col", aria_sort="ascending" if name == "verdict" else None)


def _cells(row: Row, batch: BatchReport) -> Iterator[Html]:
    """The cells of a row, each with the key that it is sorted by."""
    yield tag(
        "td",
        tag("span", row.verdict, class_=f"verdict {row.verdict}"),
        data_key=f"{int(not row.failed)}{_ORDER[row.verdict]}",
    )
    variants = ", ".join(map(plain, row.variants[:3])) + (f" +{len(row.variants) - 3}" if len(row.variants) > 3 else "")
    yield tag("td", _link(row), tag("span", variants, class_="soft") if variants else None, data_key=plain(row.file))
    for number, look in ((_number(row.errors), "n"), (_number(row.warnings), "n late")):
        yield tag("td", f"{number:,}" if number else "", class_=look, data_key=number)
    yield tag("td", _first(row, batch), data_key=line(row.first) if row.first is not None else "")
    yield tag("td", f"{row.seconds:.2f}", class_="n late", data_key=f"{row.seconds:.4f}")


def _first(row: Row, batch: BatchReport) -> Part:
    if row.error is not None:
        return [_badges(row, batch), _message(row.error["message"], row.file)]
    if row.first is None:
        return NOTHING_TRAINS if row.verdict == "unrecognised" else None
    return [_badges(row, batch), _place(row.first), _message(row.first["message"])]


def _badges(row: Row, batch: BatchReport) -> Part:
    kind = row.error["kind"] if row.error is not None else row.first["kind"] if row.first is not None else None
    badges = [tag("span", str(kind), class_="kind"), " "] if kind else []
    if batch.baseline and row.fails.number:
        badges += [tag("span", "new", class_="badge new"), " "]
    elif row.known.number and not row.fails.number:
        badges += [tag("span", "known", class_="badge"), " "]
    return badges


def _place(finding: Told) -> Part:
    return [tag("code", plain(where(finding))), " "]


def _message(text: str, file: str | None = None) -> str:
    told = plain(text.removeprefix(f"{file}: ") if file else text)
    return told if len(told) <= MAX_MESSAGE else told[: MAX_MESSAGE - 1] + "…"


def _link(row: Row) -> Html:
    return tag("a", plain(row.file), href=quote(row.page)) if row.page else tag("span", plain(row.file))


def _state(row: Row) -> str:
    """What the tiles pick the row by."""
    states = [row.verdict, "new" if row.fails.number else "", "known" if row.known.number else ""]
    return " ".join(filter(None, states))


def _kinds_of(row: Row) -> str:
    return " ".join(sorted({*row.errors, *row.warnings}))


def _number(kinds: Mapping[str, int]) -> int:
    return sum(kinds.values())


def _section(title: str, *parts: Part) -> Html:
    return tag("section", tag("h2", title), *parts)
