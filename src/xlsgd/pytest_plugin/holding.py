"""Values held against golden files, and golden files written anew by one process alone."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .settings import SETTINGS

if TYPE_CHECKING:
    from ..check.golden import Golden
    from ..engine.base import Values

_RENEWED = pytest.StashKey[list[tuple[str, str]]]()
_ATTRIBUTE = "xlsgd_renewed"  # of a report: what it carries from a worker of pytest-xdist


def against_golden(values: Values, golden: Golden, name: str, ulp: int | None) -> list[str]:
    """Lines about the cells that differ from a golden file, none where all agree.

    name: of the file, as it is shown. ulp: how many doubles a number may be away; None: what the file states.
    """
    from ..check.golden import from_golden
    from ..report.item_text import apart_lines

    allowed = golden.ulp if ulp is None else ulp
    differing = from_golden(golden, values, allowed)
    return apart_lines(differing, len(golden.cells), name, allowed, "golden") if differing else []


def against_stored(values: Values, ulp: int) -> list[str]:
    """Lines about the cells whose value is not the one that the workbook stores."""
    from ..check.golden import from_stored
    from ..report.item_text import apart_lines

    differing = from_stored(values, ulp)
    than = f"what the workbook stores (engine {values.engine})"
    return apart_lines(differing, len(values), than, ulp, "stored") if differing else []


def renew(item: pytest.Item, values: Values, golden: Path) -> None:
    """Let a test's report carry the new text of a golden file.

    The file states the ULP of the run, or goes on to state what it did; what a marker or a test says is theirs.
    """
    from ..check.golden import golden_of, golden_text

    ulp = item.config.stash[SETTINGS].ulp
    text = golden_text(golden_of(values, _stated(golden) if ulp is None else ulp))
    item.stash.setdefault(_RENEWED, []).append((str(golden), text))


def _stated(golden: Path) -> int:
    """The ULP that a golden file states, 0 where there is none that can be read."""
    from ..check.golden import read_golden
    from ..errors import UnreadableError

    try:
        return read_golden(golden).ulp
    except UnreadableError:
        return 0


class Renewal:
    """Writes golden files as reports bring them, in the main process only, so that no two write one file."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.seen: dict[str, str] = {}
        self.counts = {"made": 0, "renewed": 0, "the same": 0}
        self.troubles: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Hand over what a test has made."""
        report = yield
        setattr(report, _ATTRIBUTE, item.stash.get(_RENEWED, []))
        item.stash[_RENEWED] = []
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write what has come; a worker of pytest-xdist sends it on."""
        if not hasattr(self.config, "workerinput"):
            for golden, text in getattr(report, _ATTRIBUTE, ()):
                self._take(golden, text)

    def _take(self, golden: str, text: str) -> None:
        """The first test that comes with a golden file decides on it."""
        if golden not in self.seen:
            self.seen[golden] = text
            self._put(golden, text)
        elif self.seen[golden] != text:
            name = shown_path(Path(golden), self.config.rootpath)
            self.troubles.append(f"{name}: two tests have different values for it, the first ones were kept")

    def _put(self, golden: str, text: str) -> None:
        from ..errors import UsageError

        try:
            self.counts[_write(Path(golden), text)] += 1
        except UsageError as error:
            self.troubles.append(str(error))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A golden file that could not be written is a failure."""
        if self.troubles and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many were written."""
        told = ", ".join(f"{count:,} {what}" for what, count in self.counts.items() if count)
        terminalreporter.write_line(f"xlsgd: golden files: {told or 'none'}")
        for trouble in self.troubles:
            terminalreporter.write_line(f"xlsgd: {trouble}", red=True)


def _write(golden: Path, text: str) -> str:
    """Write a golden file where it changed; what became of it. Raises UsageError."""
    from ..book.atomic import replace_file
    from ..errors import UsageError

    data = text.encode("ascii")
    try:
        existed = golden.exists()
        if existed and golden.read_bytes() == data:
            return "the same"
        golden.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the file cannot be written: {error.strerror or error}", path=golden) from error
    replace_file(golden, data)
    return "renewed" if existed else "made"


def shown_path(path: Path, root: Path) -> str:
    """A path from pytest's root folder on where it lies in it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
