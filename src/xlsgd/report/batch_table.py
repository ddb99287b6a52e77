"""A batch on the terminal: one line a workbook as it comes, the totals at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from ..display import plain
from .batch_rows import NOTHING_TRAINS, VERDICTS, BatchReport, Row, Totals, count, line

STYLES = {"ok": "green", "differs": "bold red", "unrecognised": "yellow", "error": "bold magenta"}
MAX_VANISHED = 10
_MARK = max(map(len, VERDICTS))


def print_row(out: Console, row: Row) -> None:
    """Print verdict, file and first cause in one line; where a person looks it is cut at the edge."""
    width = out.width if out.is_terminal else None
    out.print(_row_line(row, width), no_wrap=True, overflow="ellipsis" if width else "ignore", crop=bool(width))


def _row_line(row: Row, width: int | None) -> Text:
    known = row.verdict == "differs" and not row.failed
    told = Text(f"{row.verdict:<{_MARK}}  ", style="none")
    told.stylize("yellow" if known else STYLES[row.verdict])
    file, rest = plain(row.file), _rest(row)
    if width and len(told) + len(file) + 2 + len(rest) > width:
        file = _tail(file, (width - len(told)) // 2)
    told.append(file, style="bold" if row.failed else "none")
    return told.append(f"  {rest}", style="none" if row.failed else "dim") if rest else told


def _tail(name: str, room: int) -> str:
    """The end of a name, which tells more than its beginning."""
    return name if len(name) <= room else f"…{name[1 - room :]}"


def print_totals(out: Console, batch: BatchReport) -> None:
    """Print what the whole comes to."""
    for told in _total_lines(batch):
        out.print(told, soft_wrap=True)


def _total_lines(batch: BatchReport) -> Iterator[Text]:
    totals = batch.totals
    head = Text(count(totals.workbooks, "workbook"), style="bold").append(": ", style="not bold")
    yield head.append_text(verdicts(totals)).append(f" in {pace(batch)}", style="not bold")
    for title, counts in (("errors", totals.errors), ("warnings", totals.warnings), ("not checked", totals.troubles)):
        if counts:
            yield Text(f"{title}: {_counted(counts)}")
    if batch.baseline:
        held = f"{totals.known:,} known, {totals.new:,} new, {len(batch.vanished):,} vanished"
        yield Text("baseline: ").append(held, style="bold red" if totals.new else "")
    for told in batch.vanished[:MAX_VANISHED]:
        yield Text(f"  vanished: {plain(told)}", style="green")
    if len(batch.vanished) > MAX_VANISHED:
        yield Text(f"  … and {len(batch.vanished) - MAX_VANISHED:,} more", style="green")


def pace(batch: BatchReport) -> str:
    """How long it took and how quickly workbooks went by, those apart that an earlier run had checked."""
    kept = batch.totals.workbooks - batch.worked
    rest = f"{kept:,} kept from an earlier run" if kept else rate(batch.worked, batch.seconds)
    return f"{duration(batch.seconds)}, {rest}"


def rate(workbooks: int, seconds: float) -> str:
    """How quickly workbooks went by.

    >>> rate(50, 4), rate(1, 20)
    ('12.5 workbooks/s', '0.05 workbooks/s')
    """
    speed = workbooks / seconds if seconds > 0 else 0.0
    return f"{speed:.3g} workbooks/s" if speed < 100 else f"{speed:,.0f} workbooks/s"


def duration(seconds: float) -> str:
    """A length of time as a person says it.

    >>> duration(3.21), duration(75), duration(7384)
    ('3.2 s', '1 min 15 s', '2 h 3 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def verdicts(totals: Totals) -> Text:
    """How many workbooks came to what: ``950 ok, 48 differ, 2 errors``."""
    told = Text(style="not bold")
    for verdict in VERDICTS:
        number = totals.verdicts[verdict]
        if number:
            told.append(", " if told else "").append(f"{number:,} {_many(verdict, number)}", style=STYLES[verdict])
    return told


def _many(verdict: str, number: int) -> str:
    words = {"differs": "differ", "error": "errors"}
    return verdict if number == 1 else words.get(verdict, verdict)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _rest(row: Row) -> str:
    """What is said after the file's name."""
    if row.error is not None:
        return plain(row.error["message"].removeprefix(f"{row.file}: "))
    if row.first is not None:
        more = row.group.number - 1
        known = "known: " if row.known.number and not row.fails.number else ""
        return f"{known}{line(row.first)}" + (f" (+{more:,} more)" if more else "")
    return NOTHING_TRAINS if row.verdict == "unrecognised" else ""
