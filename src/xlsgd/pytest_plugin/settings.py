"""The plugin's options: what the command line, pytest's configuration and a marker say, the nearest first."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

SUFFIXES = (".xlsx", ".xlsm")
UNRECOGNISED = ("skip", "pass", "fail")
MARKER = "xlsgd(engine=NAME, ulp=N, unrecognised=WHAT): a workbook, and how to check it"
_MARKED = ("engine", "ulp", "unrecognised")
_UP = "_up"


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a run.

    paths: files and folders that were asked for. engine: None where none was named. ulp: None: what a golden file
    states. golden: the folder of golden files, None: beside their workbooks. root: pytest's root folder.
    """

    root: Path
    paths: tuple[Path, ...] = ()
    engine: str | None = None
    ulp: int | None = None
    golden: Path | None = None
    unrecognised: str = UNRECOGNISED[0]
    update: bool = False

    def golden_file(self, workbook: Path) -> Path:
        """Where the golden file of a workbook is, or would be made."""
        from ..check.golden import SUFFIX

        beside = workbook.with_name(workbook.name + SUFFIX)
        if self.golden is None:
            return beside
        kept = self.golden / _below(workbook, self.root)
        kept = kept.with_name(kept.name + SUFFIX)
        return beside if beside.exists() and not kept.exists() else kept


SETTINGS = pytest.StashKey[Settings]()
"""Where a run keeps its options."""


def within(path: Path, several: Collection[Path]) -> bool:
    """Whether a path is one of several or lies in one of them."""
    return path in several or not set(several).isdisjoint(path.parents)


def is_workbook(path: Path) -> bool:
    """Whether a file's name is that of a workbook, and not that of Excel's lock beside an open one.

    >>> is_workbook(Path("a.XLSM")), is_workbook(Path("~$a.xlsx")), is_workbook(Path("a.xls"))
    (True, False, False)
    """
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(("~$", "._"))


_OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "--xlsgd",
        "check workbooks, each as a test: those of a folder, a file, or what a glob finds; may be repeated",
        {"action": "append", "default": [], "metavar": "PATH", "dest": "xlsgd_paths"},
    ),
    (
        "--xlsgd-engine",
        "calculate by this engine; workbooks without a golden file are held against the values that they store",
        {"metavar": "NAME"},
    ),
    ("--xlsgd-golden", "where the golden files are; default: beside their workbooks", {"metavar": "FOLDER"}),
    (
        "--xlsgd-ulp",
        "how many doubles a number may be away from its golden value; default: what the golden file states",
        {"metavar": "N", "type": int},
    ),
    (
        "--xlsgd-unrecognised",
        "what becomes of a workbook in which nothing trains and that has no golden file; default: skip",
        {"choices": UNRECOGNISED},
    ),
    ("--xlsgd-update", "write the golden files of the workbooks and tests that are run anew", {"action": "store_true"}),
)


def add_options(parser: pytest.Parser) -> None:
    """Declare the options, each also as a line of pytest's configuration but ``--xlsgd-update``."""
    group = parser.getgroup("xlsgd", "workbooks (xlsgd)")
    for name, told, how in _OPTIONS:
        group.addoption(name, help=told, **how)
    parser.addini("xlsgd_paths", "workbooks to check where no path is given: folders, files, globs", "paths", [])
    parser.addini("xlsgd_golden", "as --xlsgd-golden", "paths", [])
    for name in ("engine", "ulp", "unrecognised"):
        parser.addini(f"xlsgd_{name}", f"as --xlsgd-{name}", default="")


def read_settings(config: pytest.Config) -> Settings:
    """The options of a run. Raises pytest.UsageError."""
    ulp = config.getoption("xlsgd_ulp")
    settings = Settings(
        root=config.rootpath,
        paths=_asked_for(config),
        engine=config.getoption("xlsgd_engine") or config.getini("xlsgd_engine") or None,
        ulp=_number(config.getini("xlsgd_ulp")) if ulp is None else ulp,
        golden=_golden_folder(config),
        unrecognised=config.getoption("xlsgd_unrecognised") or config.getini("xlsgd_unrecognised") or UNRECOGNISED[0],
        update=config.getoption("xlsgd_update"),
    )
    return _checked(settings)


def marked(settings: Settings, item: pytest.Item) -> Settings:
    """The options for one test, as its markers say; where they make no sense the test fails in one line."""
    said: dict[str, Any] = {}
    for marker in item.iter_markers("xlsgd"):
        said = {**marker.kwargs, **dict.fromkeys(marker.args), **said}
    strange = [str(key) for key in said if key not in _MARKED]
    try:
        if strange:
            raise pytest.UsageError(f"the marker {MARKER.partition(':')[0]} does not take {strange[0]}")
        return _checked(replace(settings, **said)) if said else settings
    except pytest.UsageError as error:
        raise pytest.fail.Exception(f"{item.nodeid}: {error}", pytrace=False) from None


def _checked(settings: Settings) -> Settings:
    """Raises pytest.UsageError where an option makes no sense."""
    if settings.unrecognised not in UNRECOGNISED:
        known = ", ".join(UNRECOGNISED)
        raise pytest.UsageError(f"xlsgd_unrecognised: '{settings.unrecognised}' is none of {known}")
    if settings.ulp is not None and (type(settings.ulp) is not int or settings.ulp < 0):
        raise pytest.UsageError(f"xlsgd_ulp: {settings.ulp!r} is no whole number from 0 on")
    if settings.engine is not None:
        from ..engine import get_engine
        from ..errors import XlsgdError

        try:
            get_engine(settings.engine)
        except XlsgdError as error:
            raise pytest.UsageError(str(error)) from None
    return settings


def _number(text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        raise pytest.UsageError(f"xlsgd_ulp: '{text}' is no whole number from 0 on") from None


def _golden_folder(config: pytest.Config) -> Path | None:
    given = config.getoption("xlsgd_golden")
    if given:
        return Path(os.path.abspath(config.invocation_params.dir / given))
    configured = config.getini("xlsgd_golden")
    return Path(os.path.abspath(configured[0])) if configured else None


def _asked_for(config: pytest.Config) -> tuple[Path, ...]:
    """Files and folders of ``--xlsgd``, else of the configuration where there is no other path. Globs are expanded."""
    start = config.invocation_params.dir
    given = [os.path.join(start, text) for text in config.getoption("xlsgd_paths")]
    configured = [str(path) for path in config.getini("xlsgd_paths")]
    found = [Path(os.path.abspath(path)) for text in given or configured for path in _expanded(text)]
    return tuple(dict.fromkeys(found))


def _expanded(text: str) -> Iterator[str]:
    """Raises pytest.UsageError where there is nothing of that name, or no workbook."""
    matches = [text] if os.path.exists(text) else sorted(glob.glob(text, recursive=True))
    if not matches:
        raise pytest.UsageError(f"--xlsgd: there is no '{text}'")
    chosen = [match for match in matches if os.path.isdir(match) or is_workbook(Path(match))]
    if not chosen:
        raise pytest.UsageError(f"--xlsgd: '{text}' is no workbook: give a folder, .xlsx or .xlsm files, or a glob")
    yield from chosen


def _below(path: Path, root: Path) -> Path:
    """A path from the root folder on, without ``..``, so that a golden folder holds all of it.

    >>> _below(Path("/a/books/x.xlsx"), Path("/a")).as_posix(), _below(Path("/b/x.xlsx"), Path("/a")).as_posix()
    ('books/x.xlsx', '_up/b/x.xlsx')
    """
    try:
        relative: Iterable[str] = Path(os.path.relpath(path, root)).parts
    except ValueError:  # another drive of Windows
        relative = path.parts[1:]
    return Path(*(_UP if part == ".." else part for part in relative))
