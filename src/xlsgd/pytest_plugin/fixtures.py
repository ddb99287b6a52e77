"""What tests get from the fixtures: callables that calculate, verify and hold a workbook against golden values."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .holding import against_golden, renew, shown_path
from .settings import Settings

if TYPE_CHECKING:
    from ..api import Source
    from ..check.findings import Report
    from ..check.understand import Overrides
    from ..engine.base import Values


@dataclass(frozen=True, slots=True)
class Calculate:
    """The fixture ``xlsgd_calc``: ``xlsgd_calc(path)["Sheet!A1"]``."""

    settings: Settings

    def __call__(self, source: Source, engine: str | None = None, *, seed: int | None = None) -> Values:
        """All values of a workbook, by the engine of the run unless one is named. Raises XlsgdError."""
        from .. import api

        return api.calculate(source, engine or self.settings.engine or api.DEFAULT_ENGINE, seed=seed)


@dataclass(frozen=True, slots=True)
class Verify:
    """The fixture ``xlsgd_verify``: ``xlsgd_verify(path).ok``, or ``xlsgd_verify.assert_ok(path)``."""

    def __call__(self, *sources: Source, overrides: Overrides | None = None) -> Report:
        """What is wrong in workbooks. Raises XlsgdError."""
        from .. import api

        return api.verify(*sources, overrides=overrides)

    def assert_ok(self, *sources: Source, overrides: Overrides | None = None, recognised: bool = True) -> Report:
        """The report of workbooks that must be without an error; otherwise the test fails with each first cause.

        recognised: a workbook in which nothing trains fails, too.
        """
        from ..report.item_text import finding_lines

        __tracebackhide__ = True
        report = self(*sources, overrides=overrides)
        lines = []
        for file in report.files:
            if file.errors:
                lines += [f"{file.file}: {line}" if not at else line for at, line in enumerate(finding_lines(file))]
            elif recognised and file.verdict == "unrecognised":
                lines.append(f"{file.file}: no rows that train were found")
        if lines:
            pytest.fail("\n".join(lines), pytrace=False)
        return report


@dataclass(frozen=True, slots=True)
class HoldGolden:
    """The fixture ``xlsgd_golden``: ``xlsgd_golden(path, ulp=2)``."""

    item: pytest.Item
    settings: Settings

    def __call__(
        self,
        source: str | os.PathLike[str] | Values,
        ulp: int | None = None,
        golden: str | os.PathLike[str] | None = None,
        engine: str | None = None,
    ) -> Values:
        """Hold the values of a workbook against a golden file, and hand them on; the test fails where they differ.

        source: a workbook, or values that were calculated from one. ulp: how many doubles a number may be away; None:
        what the golden file states. golden: the golden file; None: the workbook's own. With ``--xlsgd-update`` the
        file is written instead. Raises XlsgdError.
        """
        from ..check.golden import read_golden

        __tracebackhide__ = True
        settings = self.settings if ulp is None else replace(self.settings, ulp=ulp)
        values = self._values(source, engine)
        place = self._place(values, golden)
        if settings.update:
            renew(self.item, values, place)
            return values
        name = shown_path(place, settings.root)
        if not place.exists():
            pytest.fail(f"there is no golden file {name}: make it with pytest --xlsgd-update", pytrace=False)
        lines = against_golden(values, read_golden(place), name, settings.ulp)
        if lines:
            pytest.fail("\n".join(lines), pytrace=False)
        return values

    def _values(self, source: str | os.PathLike[str] | Values, engine: str | None) -> Values:
        from ..engine.base import Values

        return source if isinstance(source, Values) else Calculate(self.settings)(source, engine)

    def _place(self, values: Values, golden: str | os.PathLike[str] | None) -> Path:
        from ..errors import UsageError

        if golden is not None:
            return Path(os.path.abspath(golden))
        if values.book.path is None:
            raise UsageError("these values come from no file: name the golden file, golden=PATH")
        return self.settings.golden_file(Path(os.path.abspath(values.book.path)))
