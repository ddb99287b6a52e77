"""LibreOffice without a window, driven through its UNO bridge; runs in any Python that can ``import uno``.

Every formula is calculated anew by ``calculateAll``, a hard recalculation; loading keeps the stored values. Memory is
that of ``soffice.bin``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException

from .base import Defaults, Unavailable, Values, flat, peak_of

_PATIENCE = 60.0  # seconds until the program answers
_PIECE = 10_000  # rows that go through the bridge at once


class LibreOffice(Defaults):
    """Starts the program with a profile of its own; starting counts in no stage."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="xlsgd-bench-"))
        self.process, self.desktop, context = self._start()
        provider = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.configuration.ConfigurationProvider", context
        )
        node = _property("nodepath", "/org.openoffice.Setup/Product")
        setup = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (node,))
        self.version = f"{setup.getByName('ooSetupVersionAboutBox')}"

    def _start(self) -> tuple[subprocess.Popen[bytes], Any, Any]:
        program = shutil.which("soffice")
        if program is None:
            raise Unavailable("soffice is not on the PATH (apt-get install libreoffice-calc python3-uno)")
        pipe = f"xlsgd{os.getpid()}"
        options = ["--headless", "--norestore", "--nodefault", "--nolockcheck", "--nologo"]
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        process = subprocess.Popen(
            [program, profile, *options, f"--accept=pipe,name={pipe};urp;"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                if time.monotonic() > until or process.poll() not in (None, 81):
                    raise Unavailable("soffice did not answer") from None
                time.sleep(0.05)
        return process, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context), context

    def load(self, path: Path) -> Any:
        """Open a document without a window."""
        return self.desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, (_property("Hidden", True),))

    def calculate(self, model: Any) -> dict[str, float]:
        """A hard recalculation."""
        model.calculateAll()
        return {}

    def values(self, model: Any, sheet: str, area: tuple[int, int, int, int]) -> Values:
        """Blocks of rows through ``getDataArray``."""
        top, left, bottom, right = (edge - 1 for edge in area)
        cells = model.getSheets().getByName(sheet)
        found: list[Any] = []
        for first in range(top, bottom + 1, _PIECE):
            last = min(first + _PIECE - 1, bottom)
            found.extend(cells.getCellRangeByPosition(left, first, right, last).getDataArray())
        return flat(found)

    def write(self, model: Any, path: Path) -> None:
        """As xlsx."""
        model.storeToURL(path.resolve().as_uri(), (_property("FilterName", "Calc MS Excel 2007 XML"),))

    def close(self, model: Any) -> None:
        """Close the document."""
        model.close(True)

    def peak(self) -> int:
        """The memory of soffice.bin, whose folder of settings is ours."""
        return max(peak_of(process) for process in _processes(str(self.folder)))

    def quit(self) -> None:
        """End the program and throw its profile away."""
        with contextlib.suppress(DisposedException):
            self.desktop.terminate()
        try:
            self.process.wait(_PATIENCE)
        finally:
            self.process.kill()
            shutil.rmtree(self.folder, ignore_errors=True)


def _property(name: str, value: object) -> Any:
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def _processes(told: str) -> list[int]:
    """The processes on whose command line a text stands."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and told in (folder / "cmdline").read_bytes().decode(errors="replace"):
                found.append(int(folder.name))
    return found
