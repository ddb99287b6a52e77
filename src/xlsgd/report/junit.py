"""A batch as JUnit XML, one test case a workbook, as Jenkins and GitLab read it.

Source: the schema junit-10.xsd of Jenkins' xUnit plugin; https://docs.gitlab.com/ee/ci/testing/unit_test_reports.html.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ..display import plain
from .batch_rows import NOTHING_TRAINS, BatchReport, Row, line, lines
from .html_parts import Html, Part, tag

MAX_CAUSES = 20
"""Causes that a failure tells; the rest is counted."""

# https://www.w3.org/TR/xml/#charsets
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(batch: BatchReport) -> bytes:
    """The file, UTF-8."""
    errors = sum(row.error is not None for row in batch.rows)
    failures = sum(row.failed for row in batch.rows) - errors
    counts = {"tests": len(batch.rows), "failures": failures, "errors": errors, "time": _seconds(batch.seconds)}
    cases = [_case(row) for row in batch.rows]
    skipped = sum(_skipped(row) is not None for row in batch.rows)
    suite = tag("testsuite", "\n", [[case, "\n"] for case in cases], name="xlsgd batch", **counts, skipped=skipped)
    root = tag("testsuites", "\n", suite, "\n", name="xlsgd", **counts)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'
    return _INVALID.sub("", text).encode("utf-8")


def _case(row: Row) -> Html:
    parts: list[Part] = [_outcome(row)]
    rest = [*(f"known: {line(one)}" for one in row.known.told), *map(line, row.rest.told)]
    if rest:
        parts.append(tag("system-out", "\n".join(rest[:MAX_CAUSES])))
    return tag("testcase", parts, name=plain(row.file), classname=_class(row.file), time=_seconds(row.seconds))


def _outcome(row: Row) -> Html | None:
    if row.error is not None:
        return tag("error", plain(row.error["message"]), type=row.error["kind"], message=plain(row.error["message"]))
    if row.fails.number and row.first is not None:
        text = "\n".join(lines(row.fails, MAX_CAUSES))
        return tag("failure", text, type=row.first["kind"], message=line(row.first))
    skipped = _skipped(row)
    return None if skipped is None else tag("skipped", message=skipped)


def _skipped(row: Row) -> str | None:
    """Why a workbook counts as skipped; None where it does not."""
    return NOTHING_TRAINS if row.verdict == "unrecognised" and not row.failed else None


def _class(file: str) -> str:
    """The folder with dots, as a viewer groups by it.

    >>> _class("books/2.1/a.xlsx"), _class("a.xlsx")
    ('xlsgd.books.2_1', 'xlsgd')
    """
    folders = PurePosixPath(plain(file).replace("\\", "/")).parent.parts
    words = (re.sub(r"[^\w -]+", "_", folder).strip("_") for folder in folders)
    return ".".join(["xlsgd", *filter(None, words)])


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
