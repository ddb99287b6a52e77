"""What is known already: findings that were accepted, so that only new ones count and those that vanished are told.

A finding is known by its file, sheet, cell and kind. Where rows were inserted or removed, those that are left over on
both sides are matched by file, sheet, column and kind, from top to bottom.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..book.atomic import replace_file
from ..errors import UsageError
from .record import Record

FORMAT = "xlsgd baseline 1"


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as the baseline keeps it. cell: "" where there is none. message: for the reader only."""

    file: str
    sheet: str
    cell: str
    kind: str
    severity: str
    message: str

    @property
    def place(self) -> tuple[str, str, str]:
        return self.sheet, self.cell, self.kind

    @property
    def column(self) -> tuple[str, str, str]:
        """The place without its row."""
        return self.sheet, re.sub(r"\d+$", "", self.cell), self.kind


@dataclass(frozen=True, slots=True)
class Held:
    """A workbook's findings held against a baseline: its own, sorted into new and known, and those found no more.

    outcome_known: that it has an error, or that nothing trains, was accepted.
    """

    new: list[dict[str, Any]]
    known: list[dict[str, Any]]
    vanished: list[Known]
    outcome_known: bool = False


class Baseline:
    """Accepted findings, by file."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._files: dict[str, list[Known]] = {}
        for one in known:
            self._files.setdefault(one.file, []).append(one)

    def hold(self, record: Record) -> Held:
        """Which findings of a workbook are new, which known, and what is found no more.

        Of a workbook that could not be checked no finding has vanished.
        """
        left = list(self._files.get(_file(record.file), ()))
        outcome = _outcome(record)
        same = [one for one in left if outcome is not None and one.place == outcome.place]
        if record.report is None:
            return Held([], [], [], bool(same))
        left = [one for one in left if one not in same]
        found = [(finding, known_of(record, finding)) for finding in record.findings()]
        matched: set[int] = set()
        for key in (_place, _column):
            waiting: dict[object, list[Known]] = {}
            for one in left:
                waiting.setdefault(key(one), []).append(one)
            for number, (_, one) in enumerate(found):
                if number not in matched and waiting.get(key(one)):
                    left.remove(waiting[key(one)].pop(0))
                    matched.add(number)
        new = [finding for number, (finding, _) in enumerate(found) if number not in matched]
        known = [finding for number, (finding, _) in enumerate(found) if number in matched]
        return Held(new, known, left, bool(same))


def known_of(record: Record, finding: dict[str, Any]) -> Known:
    """A finding as the baseline keeps it."""
    kept = {key: finding[key] or "" for key in ("sheet", "cell", "kind", "severity", "message")}
    return Known(_file(record.file), **kept)


def accepted(record: Record) -> Iterator[Known]:
    """All that a baseline keeps of a workbook: its findings; its error, or that nothing trains in it."""
    outcome = _outcome(record)
    if outcome is not None:
        yield outcome
    yield from (known_of(record, finding) for finding in record.findings())


def _outcome(record: Record) -> Known | None:
    if record.error is not None:
        return Known(_file(record.file), "", "", record.error["kind"], "error", record.error["message"])
    if record.verdict == "unrecognised":
        return Known(_file(record.file), "", "", "unrecognised", "warning", "nothing trains")
    return None


def read_baseline(path: str | os.PathLike[str]) -> Baseline:
    """The baseline in a file. Raises UsageError where it cannot be read or is none."""
    try:
        document = json.loads(Path(path).read_bytes())
        if document["format"] != FORMAT:
            raise UsageError(f"is a baseline of another format: '{FORMAT}' is wanted, write it anew", path=path)
        return Baseline(Known(**{key: str(value) for key, value in one.items()}) for one in document["findings"])
    except OSError as error:
        raise UsageError(f"the baseline cannot be read: {error.strerror or error}", path=path) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("this is no baseline: write it anew", path=path) from error


def write_baseline(path: str | os.PathLike[str], known: Iterable[Known]) -> None:
    """Write findings as the ones that are accepted, one a line, sorted. Raises UsageError where it cannot."""
    lines = [json.dumps(asdict(one)) for one in sorted(known, key=lambda one: (one.file, *one.place, one.message))]
    text = f'{{"format": "{FORMAT}", "findings": [\n' + ",\n".join(lines) + "\n]}\n"
    replace_file(Path(path), text.encode())


def _place(one: Known) -> object:
    return one.place


def _column(one: Known) -> object:
    return one.column


def _file(name: str) -> str:
    """A name that is the same on every system."""
    return name.replace("\\", "/").removeprefix("./")
