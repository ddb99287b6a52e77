"""LibreOffice as a second opinion: it converts a copy of the workbook, calculating every formula anew.

It differs from Excel by design: it snaps on every ``+`` and ``-``, sums with Neumaier compensation, saves 15 digits
and stores ``#VALUE!`` for ``SQRT(-1)``. Functions that it does not know it writes in lower case: they are named.
Source: LibreOffice help, "Starting LibreOffice with parameters" and "Recalculation on file load".
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from ..book import Book, Formula
from ..errors import EngineError, UnreadableError
from ..formula import strip_prefixes
from ..plan import Plan
from ..values import CellError
from .base import Options, Values
from .opinion import Opinion, filled, gather, hand_over

TIMEOUT = 180.0  # seconds for one workbook, the program's start included
_INSTALL = "install it (apt install libreoffice-calc, or libreoffice.org) so that 'soffice' is on the PATH"
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")
_CALLED = re.compile(r"([A-Za-z_][\w.]*)\(")


class LibreOffice:
    """Runs ``soffice`` without a window, with a profile of its own that is thrown away."""

    name = "libreoffice"

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def run(self, plan: Plan, options: Options = Options()) -> Values:  # noqa: B008  # frozen
        """The values that LibreOffice calculates. Volatile functions are drawn anew, whatever the options say."""
        start = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="xlsgd-") as name:
            folder = Path(name)
            converted = self._convert(hand_over(plan.book, folder), folder)
        return gather(plan, _compare(plan.book, converted), self.name, time.perf_counter() - start)

    def _convert(self, source: Path, folder: Path) -> Book:
        profile, target = folder / "profile", folder / "out"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
        options = ["--headless", "--norestore", "--nodefault", "--nolockcheck", "--convert-to", "xlsx"]
        command = [_program(), f"-env:UserInstallation={profile.as_uri()}", *options]
        said = _call([*command, "--outdir", str(target), str(source)], self.timeout)
        try:
            from ..book.reader import read

            return read(target / f"{source.stem}.xlsx")
        except UnreadableError as error:
            raise EngineError(f"LibreOffice did not convert the workbook: {said or error.message}") from error


def _program() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        raise EngineError(f"the engine 'libreoffice' needs LibreOffice: {_INSTALL}")
    return found


def _call(command: list[str], timeout: float) -> str:
    """Run a program with all that it starts; what it said on stderr. Raises EngineError where it takes too long."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, said = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            message = f"LibreOffice took longer than {timeout:g} seconds: try a smaller workbook"
            raise EngineError(message) from error
    lines = said.decode(errors="replace").splitlines()
    return " ".join(line.strip() for line in lines if "javaldx" not in line)[-300:]  # Java is not needed


def _compare(book: Book, converted: Book) -> Opinion:
    """The converted book's values for the cells of ours."""
    opinion = Opinion()
    for index, sheet in enumerate(book.sheets):
        other = converted.index(sheet.name)
        if other is None:
            continue
        theirs = converted.sheets[other]
        for origin, formula in sheet.formulas.items():
            place, told = (index, *origin), theirs.formulas.get(origin)
            for cell in filled(formula.box, origin):
                if cell in theirs.cached or cell in theirs.constants:
                    opinion.answers[index, cell[0], cell[1]] = theirs.cached.get(cell, theirs.constants.get(cell))
            gap = _gap(formula, told)
            if gap or opinion.answers.get(place) is CellError.UNKNOWN:
                opinion.gaps[place] = gap or "an error of LibreOffice's own"
    return opinion


def _gap(formula: Formula, told: Formula | None) -> str | None:
    """Why LibreOffice cannot do a formula, by the form in which it writes it back."""
    if formula.kind == "table":
        return "data table"
    if told is None:
        return "the formula was dropped"
    names = [strip_prefixes(name) for name in _CALLED.findall(_QUOTED.sub("", told.text))]
    return next((name.upper() for name in names if name != name.upper()), None)
