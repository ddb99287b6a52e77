"""The pytest plugin: workbooks as tests (``pytest --xlsgd FOLDER``) and fixtures for tests of one's own.

It is loaded by every pytest of an environment that has xlsgd, so it imports nothing heavy until it is used.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .holding import Renewal
from .settings import MARKER, SETTINGS, Settings, add_options, is_workbook, marked, read_settings, within

if TYPE_CHECKING:
    from .fixtures import Calculate, HoldGolden, Verify
    from .workbooks import WorkbookFile

_GIVEN, _ADDED = pytest.StashKey[tuple[Path, ...]](), pytest.StashKey[tuple[Path, ...]]()
"""Paths that pytest was to collect before ours came, and ours. Only in ours anything is ignored."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options and add the paths of workbooks to those that pytest collects. Raises pytest.UsageError."""
    config.addinivalue_line("markers", MARKER)
    settings = _add_paths(config, read_settings(config))
    config.stash[SETTINGS] = settings
    if settings.update:
        config.pluginmanager.register(Renewal(config), "xlsgd-renewal")


def _add_paths(config: pytest.Config, settings: Settings) -> Settings:
    """``--xlsgd`` counts as a path on the command line, ``xlsgd_paths`` as pytest's own ``testpaths`` do.

    A workbook with ``[`` in its name is taken from the command line, too: for pytest a parameter would begin there.
    """
    typed = bool(config.getoption("xlsgd_paths"))
    named = config.args_source == pytest.Config.ArgsSource.ARGS
    bracketed = [arg for arg in config.args if "[" in arg and is_workbook(_path(config, arg))] if named else []
    asked = settings.paths if typed or not named else ()
    if bracketed:
        asked = (*asked, *(_path(config, arg) for arg in bracketed))
        settings = replace(settings, paths=asked)
    if not asked:
        return settings
    given = [arg for arg in config.args if arg not in bracketed] if named or not typed else []
    added = tuple(dict.fromkeys(_argument(path) for path in asked))
    config.stash[_GIVEN] = tuple(_path(config, arg) for arg in given)
    config.stash[_ADDED] = added
    config.args = [*given, *map(str, added)]
    if typed:
        config.args_source = pytest.Config.ArgsSource.ARGS
    return settings


def _path(config: pytest.Config, argument: str) -> Path:
    return Path(os.path.abspath(config.invocation_params.dir / argument.partition("::")[0]))


def _argument(path: Path) -> Path:
    """The path, or the folder above it that pytest takes."""
    return next((one for one in (path, *path.parents) if "[" not in str(one) and "::" not in str(one)), path)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only workbooks were asked for, leave all else alone."""
    given, added = config.stash.get(_GIVEN, ()), config.stash.get(_ADDED, ())
    if within(collection_path, given) or not within(collection_path, added):
        return None
    settings = config.stash[SETTINGS]
    if within(collection_path, settings.paths):
        return None if collection_path.is_dir() or is_workbook(collection_path) else True
    leads = any(collection_path in path.parents for path in (*settings.paths, *given))
    return None if leads else True


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> WorkbookFile | None:
    """A workbook that was asked for, by ``--xlsgd`` or as a path of pytest's own."""
    if not is_workbook(file_path):
        return None
    wanted = parent.config.stash[SETTINGS].paths
    if not (parent.session.isinitpath(file_path) or within(file_path, wanted)):
        return None
    from .workbooks import WorkbookFile

    return WorkbookFile.from_parent(parent, path=file_path)


@pytest.fixture(scope="session")
def xlsgd_calc(pytestconfig: pytest.Config) -> Calculate:
    """Calculate a workbook: ``xlsgd_calc(path)["Sheet!A1"]``; ``engine=NAME``, ``seed=N``."""
    from .fixtures import Calculate

    return Calculate(pytestconfig.stash[SETTINGS])


@pytest.fixture(scope="session")
def xlsgd_verify() -> Verify:
    """Check a workbook: ``xlsgd_verify(path).ok``; ``xlsgd_verify.assert_ok(path)`` fails with the first cause."""
    from .fixtures import Verify

    return Verify()


@pytest.fixture
def xlsgd_golden(request: pytest.FixtureRequest) -> HoldGolden:
    """Hold a workbook's values against a golden file: ``xlsgd_golden(path)``; ``ulp=N``, ``golden=FILE``."""
    from .fixtures import HoldGolden

    return HoldGolden(request.node, marked(request.config.stash[SETTINGS], request.node))
