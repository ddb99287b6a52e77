"""What the plugin's tests share: a folder of workbooks, and pytest as a person runs it, in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import xlsgd
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.writer import write

ROOT = Path(__file__).parents[2]
SHEET = "linear-analytic-sgd"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed, stdout before stderr."""

    status: int
    text: str

    @property
    def outcomes(self) -> dict[str, str]:
        """Node id → PASSED, FAILED, …, of a run with ``-v``; with pytest-xdist, too."""
        plain = re.findall(r"^(\S.*?::\S+) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b", self.text, re.MULTILINE)
        spread = re.findall(r"^\[gw\d\].*? (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (.*?) *$", self.text, re.MULTILINE)
        return dict(plain) | {node: outcome for outcome, node in spread}

    @property
    def collected(self) -> list[str]:
        """Node ids of a run with ``--co -q``."""
        return re.findall(r"^(\S.*::\S+)$", self.text, re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """A folder to run pytest in."""

    path: Path
    metadata: Path

    def command(self, *words: str, folder: str = ".", columns: int = 200, **extra: str) -> Ran:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        source = str(Path(xlsgd.__file__).parents[1])
        paths = [str(self.metadata), source, environment.get("PYTHONPATH", "")]
        environment |= {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "COLUMNS": str(columns), "PY_COLORS": "0"}
        where = self.path / folder
        run = subprocess.run(words, cwd=where, env=environment | extra, capture_output=True, text=True, timeout=300)
        return Ran(run.returncode, run.stdout + run.stderr)

    def pytest(self, *arguments: str, folder: str = ".", columns: int = 200) -> Ran:
        plain = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments)
        return self.command(*plain, folder=folder, columns=columns)

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def take(self, workbook: Path, name: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(workbook, path))


@dataclass(frozen=True)
class Workbooks:
    """right: agrees with NumPy. wrong: H17 reads the row above, its value is stale. computed: so, and recalculated.

    plain: nothing trains in it. damaged: no workbook.
    """

    right: Path
    wrong: Path
    computed: Path
    plain: Path
    damaged: Path


def edit(source: Path, target: Path, changes: Sequence[tuple[str, str]]) -> Path:
    """A copy of a workbook in which texts of its first sheet are replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for before, after in changes:
                    assert data.count(before.encode()) == 1
                    data = data.replace(before.encode(), after.encode())
            new.writestr(name, data)
    return target


@pytest.fixture(scope="session")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> Workbooks:
    folder = tmp_path_factory.mktemp("workbooks")
    right = xlsgd.generate(xlsgd.make_variant("linear"), folder / "right.xlsx").path
    wrong = edit(right, folder / "wrong.xlsx", [("<f>I17*B17</f>", "<f>I17*B16</f>")])
    computed = folder / "computed.xlsx"
    xlsgd.save_values(xlsgd.calculate(wrong), computed)
    plain, damaged = folder / "plain.xlsx", folder / "damaged.xlsx"
    write(Book([Sheet("sums", {(1, 1): 0.1}, {(1, 2): Formula("A1*3", (1, 2))}, {(1, 2): 0.1 * 3})]), plain)
    damaged.write_text("no workbook")
    return Workbooks(right, wrong, computed, plain, damaged)


@pytest.fixture(scope="session")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What installing leaves behind: by it pytest finds the plugin also where xlsgd is not installed."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    folder = tmp_path_factory.mktemp("metadata")
    info = folder / "xlsgd-0.dist-info"
    info.mkdir()
    lines = [f"{name} = {module}" for name, module in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xlsgd\nVersion: 0\n")
    return folder


@pytest.fixture
def project(tmp_path: Path, metadata: Path) -> Project:
    made = Project(tmp_path, metadata)
    made.write("pytest.ini", "[pytest]\naddopts = --strict-markers --strict-config\n")
    return made
