"""Rows of a batch for tests: some that are well, some that are not, and one that wants to break every format."""

from __future__ import annotations

from typing import Any

from xlsgd.report.batch_rows import BatchReport, Group, Row, Totals, kinds

NASTY = "]]></failure><script>alert('&\"1')</script>\n::error::x\x00\x0b\x1b[31m\u202e\ufffe\udcff | `a` $b$"


def finding(message: str = "L7 reads B6 where B7 belongs", **changes: Any) -> dict[str, Any]:
    """A finding as JSON has it."""
    plain: dict[str, Any] = {
        "kind": "reference",
        "severity": "error",
        "sheet": "Adam",
        "cell": "L7",
        "range": None,
        "role": None,
        "formula": "=B6*2",
        "expected_formula": "=B7*2",
        "value": 1.5,
        "expected": 2.5,
        "cause": True,
        "caused_by": None,
        "message": message,
    }
    return {**plain, **changes}


def wrong(file: str, *found: dict[str, Any], **changes: Any) -> Row:
    """A workbook whose errors all count."""
    several = sorted(found, key=lambda one: (one["severity"] != "error", not one["cause"]))
    plain: dict[str, Any] = {
        "seconds": 0.25,
        "variants": ("linear2-forward-sgd",),
        "errors": kinds(several, "error"),
        "warnings": kinds(several, "warning"),
        "fails": Group.of([one for one in several if one["severity"] == "error"], 20),
        "rest": Group.of([one for one in several if one["severity"] != "error"], 20),
    }
    return Row(file, "differs", **{**plain, **changes})


def broken(file: str, kind: str = "unreadable", message: str = "is no zip: take another copy", **changes: Any) -> Row:
    """A workbook that could not be checked."""
    return Row(file, "error", 1.0, {"kind": kind, "message": message}, **changes)


def report(*rows: Row, **changes: Any) -> BatchReport:
    """A batch of these rows."""
    totals = Totals()
    for row in rows:
        totals.add(row)
    return BatchReport(rows, totals, **{"seconds": 2.0, "worked": len(rows), "paths": ["books"], **changes})


WARNING = finding("K3 is labelled beta but is used as lr", kind="label", severity="warning", cell="K3", formula=None)
FOLLOWER = finding("L8 follows", kind="value", cell="L8", cause=False, caused_by="Adam!L7")
NASTY_FINDING = finding(NASTY, sheet=NASTY, formula=NASTY, expected_formula=NASTY, value=NASTY, expected=NASTY)
ROWS = (
    Row("books/ok.xlsx", "ok", 0.1, variants=("linear-analytic-sgd",)),
    Row("books/odd.xlsx", "ok", 0.1, warnings={"label": 1}, rest=Group.of([WARNING], 20)),
    wrong("books/2.1/wrong.xlsx", finding(), FOLLOWER, WARNING, page="wrong.html"),
    wrong("books/known.xlsx", finding(), fails=Group(), known=Group.of([finding()], 20)),
    Row("books/nothing.xlsx", "unrecognised", 0.1),
    broken("books/bomb.xlsx", "limit"),
    broken("books/slow.xlsx", "timeout", "took more than 60 s: raise --timeout"),
    wrong(NASTY, NASTY_FINDING, page="javascript:alert(1).html"),
)
