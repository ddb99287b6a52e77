"""One workbook of a batch and what came of it, and what a batch is asked to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from ..check.understand import Overrides

VERDICTS = ("ok", "differs", "unrecognised", "error")
ERROR_KINDS = ("unreadable", "limit", "timeout", "memory", "crash")
PASSING = frozenset({"timeout", "memory", "crash"})
"""Errors that may not come again: ``--resume`` tries these workbooks once more."""

DEFAULT_TIMEOUT = 60.0
DEFAULT_MEMORY = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one workbook. Equal workbooks and options give equal records, but for ``seconds``.

    file: the name shown, as a user would write it (``books/a.xlsx``, ``books.zip!a/b.xlsx``, ``s3://bucket/a.xlsx``).
    verdict: one of VERDICTS. report: the file's entry in ``verify --json``; None where the verdict is "error".
    error: ``{"kind": one of ERROR_KINDS, "message": one line with a cure}``, else None. digest: SHA-256 of the file's
    bytes, None where they could not be read. seconds: how long it took.
    """

    file: str
    verdict: str
    report: dict[str, Any] | None
    error: dict[str, str] | None
    digest: str | None
    seconds: float = field(compare=False)

    def findings(self) -> Iterator[dict[str, Any]]:
        """All findings, of the sheets in their order and then of the workbook as a whole."""
        if self.report is not None:
            for sheet in self.report["sheets"]:
                yield from sheet["findings"]
            yield from self.report["findings"]

    def document(self) -> dict[str, Any]:
        """The record as a JSON line has it."""
        report = self.report or {"sheets": [], "findings": []}
        return {
            "file": self.file,
            "verdict": self.verdict,
            "sheets": report["sheets"],
            "findings": report["findings"],
            "error": self.error,
            "digest": self.digest,
            "seconds": self.seconds,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Record:
        """The record of a JSON line. Raises KeyError where it is none."""
        report = {key: document[key] for key in ("file", "verdict", "sheets", "findings")}
        error = document["error"]
        kept = None if document["verdict"] == "error" else report
        return cls(document["file"], document["verdict"], kept, error, document["digest"], document["seconds"])


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What a batch is asked to do.

    jobs: worker processes, None: one a core. dask: "local", or the address or file of a scheduler; None: processes of
    our own. timeout: seconds a workbook may take. max_memory: bytes that a worker may grow by. json: where JSON lines
    go as they come. resume: keep what that file already has of the same workbooks. html: the folder that gets a page a
    workbook. overrides: as for ``verify``.
    """

    jobs: int | None = None
    dask: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    max_memory: int = DEFAULT_MEMORY
    json: Path | None = None
    resume: bool = False
    html: Path | None = None
    overrides: Overrides | None = None


class BatchKeywords(TypedDict, total=False):
    """The fields of BatchOptions, as keywords."""

    jobs: int | None
    dask: str | None
    timeout: float
    max_memory: int
    json: Path | None
    resume: bool
    html: Path | None
    overrides: Overrides | None
