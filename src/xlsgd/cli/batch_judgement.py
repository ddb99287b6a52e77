"""From the record of a workbook to its row in the reports: what of it makes the batch fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..batch import Record
from ..batch.baseline import Baseline, Known, known_of, read_baseline, write_baseline
from ..display import plain
from ..errors import UsageError
from ..report.batch_rows import NOTHING_TRAINS, Group, Row, kinds
from .failing import FailOn


class Judge:
    """Holds findings against ``--fail-on`` and the baseline.

    update: accept everything, for :meth:`finish` to write. most: causes that are kept of a workbook. vanished: lines
    that tell what the baseline knows and was found no more. Raises UsageError where the baseline cannot be read.
    """

    def __init__(self, fail_on: FailOn, baseline: Path | None, update: bool, most: int) -> None:
        if update and baseline is None:
            raise UsageError("--update-baseline: which file? name it with --baseline")
        if update and baseline is not None and not baseline.parent.is_dir():
            raise UsageError(f"cannot write '{baseline}': there is no folder '{baseline.parent}', make it first")
        self._fail_on, self._path, self._update, self._most = fail_on, baseline, update, most
        fresh = update and baseline is not None and not baseline.exists()
        self._baseline = Baseline() if baseline is None or fresh else read_baseline(baseline)
        self._found: list[Known] = []
        self.vanished: list[str] = []

    @property
    def compares(self) -> bool:
        """True where there is a baseline."""
        return self._path is not None

    def row(self, record: Record, page: str | None = None) -> Row:
        """The row of a record. page: address of its page."""
        held = self._baseline.hold(record)
        self.vanished += map(_vanished, held.vanished)
        if self._update:
            self._found += (known_of(record, one) for one in record.findings())
        found = sorted(record.findings(), key=lambda one: (one["severity"] != "error", not one["cause"]))
        accepted = set(map(id, found if self._update else held.known))
        fails = [one for one in found if id(one) not in accepted and self._fail_on.counts(one)]
        told = {*accepted, *map(id, fails)}
        if record.verdict == "unrecognised" and self._fail_on.unrecognised:
            fails.append(_unrecognised())
        return Row(
            record.file,
            record.verdict,
            record.seconds,
            record.error,
            tuple(_variants(record)),
            kinds(found, "error"),
            kinds(found, "warning"),
            Group.of(fails, self._most),
            Group.of([one for one in found if id(one) in accepted], self._most),
            Group.of([one for one in found if id(one) not in told], self._most),
            page,
        )

    def finish(self) -> str | None:
        """Write the baseline where that was asked for, and say so. Raises UsageError."""
        if not self._update or self._path is None:
            return None
        write_baseline(self._path, self._found)
        return f"{self._path}: {len(self._found):,} findings accepted"


def _variants(record: Record) -> dict[str, None]:
    sheets = record.report["sheets"] if record.report is not None else ()
    return dict.fromkeys(sheet["variant"] for sheet in sheets if sheet["variant"])


def _vanished(one: Known) -> str:
    where = "!".join(filter(None, (one.sheet, one.cell))) or "workbook"
    return plain(f"{one.file}: {where} [{one.kind}] {one.message}")


def _unrecognised() -> dict[str, Any]:
    """Stands for a finding where ``--fail-on`` wants workbooks that train."""
    empty: dict[str, Any] = dict.fromkeys(
        ("cell", "range", "role", "formula", "expected_formula", "value", "expected", "caused_by")
    )
    told = {"kind": "unrecognised", "severity": "warning", "sheet": "", "cause": True, "message": NOTHING_TRAINS}
    return {**empty, **told}
