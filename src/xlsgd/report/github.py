"""A batch for GitHub Actions: annotations on the log and a summary of the step.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..display import plain
from .batch_rows import BatchReport, Row, count, line, lines, where
from .batch_table import pace, verdicts

MAX_ANNOTATIONS = 10
"""GitHub shows this many errors and as many warnings of a step, and drops the rest without a word."""

MAX_ROWS = 200
MAX_SUMMARY = 900_000
"""Bytes; GitHub drops a summary of more than 1 MiB."""

MAX_CELL = 300
MAX_CAUSES = 5

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def commands(batch: BatchReport, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The commands, one a line: what fails as errors, what is merely odd as warnings."""
    root = environment.get("GITHUB_WORKSPACE", "")
    failing = [row for row in batch.rows if row.failed]
    odd = [row for row in batch.rows if not row.failed and row.warnings and not row.known.number]
    for name, rows in (("error", failing), ("warning", odd)):
        room = len(rows) if len(rows) <= MAX_ANNOTATIONS else MAX_ANNOTATIONS - 1
        for row in rows[:room]:
            yield _annotation(name, row, root)
        if rows[room:]:
            more = f"{count(len(rows) - room, 'more workbook')}: see the summary of this step"
            yield command(name, more, title="xlsgd batch")


def command(name: str, message: str, **properties: str) -> str:
    """A workflow command.

    >>> command("error", "a\\nb", file="x,1.xlsx", title="A: 5%")
    '::error file=x%2C1.xlsx,title=A%3A 5%25::a%0Ab'
    """
    words = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if words else ''}{words}::{_data(message)}"


def summary(batch: BatchReport) -> str:
    """The summary of the step, as Markdown: the totals, and a table of what failed."""
    totals = batch.totals
    parts = ["### xlsgd batch", "", f"{count(totals.workbooks, 'workbook')}: {verdicts(totals)} ({pace(batch)})", ""]
    if batch.baseline:
        parts += [f"Baseline: {totals.known:,} known, {totals.new:,} new, {len(batch.vanished):,} vanished.", ""]
    if totals.kinds:
        parts += ["| kind | errors | warnings | workbooks |", "|---|--:|--:|--:|"]
        parts += [
            f"| {one} | {totals.errors[one]:,} | {totals.warnings[one]:,} | {totals.books[one]:,} |"
            for one in totals.kinds
        ] + [""]
    failing = [row for row in batch.rows if row.failed]
    if failing:
        parts += ["| workbook | first cause | errors |", "|---|---|--:|", *map(_table_row, failing[:MAX_ROWS])]
    if len(failing) > MAX_ROWS:
        parts += ["", f"… and {count(len(failing) - MAX_ROWS, 'more workbook')}."]
    return _fitting([*parts, ""])


def append_summary(batch: BatchReport, environment: Mapping[str, str] = os.environ) -> None:
    """Append the summary to the step's, where there is one. The file is GitHub's and shared with other commands."""
    target = environment.get("GITHUB_STEP_SUMMARY")
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(summary(batch) + "\n")


def _annotation(name: str, row: Row, root: str) -> str:
    place = _place(row.file, root)
    inside = "" if place and row.file.endswith(place) else f"{plain(row.file)}: "
    if row.error is not None:
        return command(name, inside + row.error["message"], file=place, title=f"xlsgd: {row.error['kind']}")
    title = f"xlsgd: {where(row.first)} {row.first['kind']}" if row.first is not None else "xlsgd"
    return command(name, inside + "\n".join(lines(row.group, MAX_CAUSES)), file=place, title=title)


def _place(file: str, root: str) -> str:
    """The file within the repository; of a workbook in a zip the zip; "" for what lies elsewhere.

    >>> _place("books.zip!a/b.xlsx", ""), _place("s3://bucket/b.xlsx", ""), _place("/home/me/r/b.xlsx", "/home/me/r")
    ('books.zip', '', 'b.xlsx')
    """
    head, mark, _ = file.partition("!")
    own = head if mark and head.lower().endswith(".zip") else file
    if "://" in own:
        return ""
    if root and os.path.isabs(own):
        inside = os.path.relpath(own, root)
        return own if inside.startswith("..") else Path(inside).as_posix()
    return Path(own).as_posix()


def _data(text: str) -> str:
    told = "\n".join(map(plain, text.split("\n")))
    return "".join(_DATA.get(letter, letter) for letter in told)


def _property(text: str) -> str:
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")


def _table_row(row: Row) -> str:
    told = row.error["message"] if row.error is not None else line(row.first) if row.first is not None else ""
    return f"| {_cell(row.file)} | {_cell(told)} | {sum(row.errors.values()) or ''} |"


def _cell(text: str) -> str:
    """A text as code in a cell of a table: nothing in it is Markdown, HTML or a formula.

    >>> _cell("a`b|c")
    '`` a`b\\\\|c ``'
    """
    told = plain(text)[:MAX_CELL].replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", told)), default=0) + 1)
    return f"{fence} {told} {fence}" if "`" in told else f"`{told}`" if told else ""


def _fitting(parts: list[str]) -> str:
    size, kept = 0, []
    for part in parts:
        size += len(part.encode("utf-8", "replace")) + 1
        if size > MAX_SUMMARY:
            break
        kept.append(part)
    return "\n".join(kept)
