"""What the figures were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from datetime import date
from pathlib import Path

PACKAGES = ("numpy", "lxml", "llvmlite", "xlsxwriter")


def describe() -> dict[str, str]:
    """Processor, cores, memory, versions, the day, and how busy the machine was when the run began."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "day": date.today().isoformat(),
        "processor": _processor(),
        "cores": str(cores),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "cc": _compiler(),
        "load at the start": f"{os.getloadavg()[0]:.2f}",
        **{name: _version(name) for name in PACKAGES},
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8", "replace").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()} ({platform.machine()})"


def _compiler() -> str:
    found = shutil.which("cc")
    if found is None:
        return "none"
    told = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
    return told.partition("\n")[0]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "none"
