"""Workbooks as tests: a file that holds one test, which fails with the first cause."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ..display import plain
from ..errors import XlsgdError
from .holding import against_golden, against_stored, renew, shown_path
from .settings import SETTINGS, Settings, marked

if TYPE_CHECKING:
    from ..check.findings import FileReport
    from ..check.golden import Golden
    from ..engine.base import Values

NAME = "xlsgd"
NOTHING = "no rows that train were found, and there is no golden file to hold it against"


class WorkbookFails(Exception):
    """A workbook is not as it should be: ``lines`` say why, the first of them in short."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class WorkbookFile(pytest.File):
    """A workbook as pytest collects it."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its one test."""
        yield WorkbookItem.from_parent(self, name=NAME)


class WorkbookItem(pytest.Item):
    """The test of a workbook: what ``xlsgd verify`` finds, and its values against golden ones.

    All that can fail because the file cannot be read happens in the set-up, so that it counts as an error.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_marker("xlsgd")
        self.report: FileReport | None = None
        self.values: Values | None = None
        self.golden: Golden | None = None

    def setup(self) -> None:
        """Read, verify and, where its values are wanted, calculate the workbook; an error is one line."""
        settings = self._settings()
        try:
            self._read(settings)
        except XlsgdError as error:
            line = str(error).replace(str(self.path), shown_path(self.path, settings.root))
            raise pytest.fail.Exception(plain(line), pytrace=False) from None

    def _read(self, settings: Settings) -> None:
        from .. import api
        from ..check.golden import read_golden

        place = settings.golden_file(self.path)
        self.report = api.verify(self.path).files[0]
        if place.exists() and not settings.update:
            self.golden = read_golden(place)
        if settings.update or settings.engine or self.golden is not None:
            self.values = api.calculate(self.path, settings.engine or api.DEFAULT_ENGINE)

    def runtest(self) -> None:
        """Raises WorkbookFails, and skips a workbook in which there is nothing to check."""
        from ..report.item_text import finding_lines

        assert self.report is not None
        settings = self._settings()
        lines = finding_lines(self.report) if self.report.errors else []
        held = self._held(settings)
        if held is not None:
            lines += held
        if self.report.verdict == "unrecognised" and held is None:
            if settings.unrecognised == "skip":
                raise _skipped()
            if settings.unrecognised == "fail":
                lines.append(NOTHING)
        if lines:
            raise WorkbookFails(lines)

    def teardown(self) -> None:
        """Let go of what was read, as pytest keeps its items to the end."""
        self.report = self.values = self.golden = None

    def _held(self, settings: Settings) -> list[str] | None:
        """What its values say against golden or stored ones; None where they were held against nothing."""
        if self.values is None:
            return None
        if settings.update:
            renew(self, self.values, settings.golden_file(self.path))
            return []
        if self.golden is not None:
            name = shown_path(settings.golden_file(self.path), settings.root)
            return against_golden(self.values, self.golden, name, settings.ulp)
        stored = any(sheet.cached for sheet in self.values.book.sheets)
        return against_stored(self.values, settings.ulp or 0) if stored else None

    def _settings(self) -> Settings:
        return marked(self.config.stash[SETTINGS], self)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A workbook's failure is told in its own words; anything else, a bug of ours, with its traceback."""
        if not isinstance(excinfo.value, WorkbookFails):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value", chain=False)
        if shown.reprcrash is not None:
            shown.reprcrash.path, shown.reprcrash.lineno = str(self.path), 1
            shown.reprcrash.message = str(excinfo.value).partition("\n")[0]
        return shown

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where it is and the headline of its report."""
        return self.path, 0, shown_path(self.path, self.config.rootpath)


def _skipped() -> BaseException:
    """A skip that tells the workbook's name, where pytest would tell the place in this file."""
    skipped = pytest.skip.Exception(NOTHING)
    skipped._use_item_location = True
    return skipped
