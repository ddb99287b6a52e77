"""The walls of the house: which part may import which, and what no part may do. See docs/architecture.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "xlsgd"
FILES = sorted(PACKAGE.rglob("*.py"))

# From the ground up. A part imports itself and what stands on an earlier line.
STOREYS = (
    ("errors", "address", "values", "version", "display"),
    ("limits",),
    ("variants", "formula", "tagged"),
    ("book", "reference", "vocabulary", "gallery"),
    ("sheet", "plan", "functions"),
    ("engine",),
    ("check",),
    ("epochs",),
    ("report",),
    ("batch",),
    ("api",),
    ("__init__", "shell", "options"),
    ("cli", "pytest_plugin"),
    ("__main__",),
)
STOREY = {part: number for number, parts in enumerate(STOREYS) for part in parts}
JUDGES_ROOMS = ("ground", "cells", "blocks", "names", "ranges", "trials", "rules")  # likewise, within check/judge
EXCEL_SIDE = {"sheet", "book", "formula", "plan", "functions", "engine"}
FILE_FORMATS = {"zipfile", "lxml", "xml", "xlsxwriter", "openpyxl", "html"}
HEAVY = {
    "numpy",
    "pandas",
    "lxml",
    "xlsxwriter",
    "openpyxl",
    "rich",
    "matplotlib",
    "formulas",
    "scipy",
    "llvmlite",
    "distributed",
    "fsspec",
}


class Import(NamedTuple):
    """``module`` of the package imports ``target``, a dotted name; ``at_once``: when the module itself is imported."""

    module: str
    target: str
    line: int
    at_once: bool

    @property
    def part(self) -> str:
        return self.module.split(".")[1] if "." in self.module else "__init__"

    @property
    def target_part(self) -> str | None:
        """The part of the package that is imported; None for a library."""
        head, _, rest = self.target.partition(".")
        return (rest.split(".")[0] or "__init__") if head == "xlsgd" else None

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}, imports {self.target}"


def module_name(file: Path) -> str:
    parts = ("xlsgd", *file.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    place = PACKAGE.parent.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def late_lines(tree: ast.Module) -> set[int]:
    """Lines inside functions and under ``if TYPE_CHECKING``: not run when the module is imported."""
    late: set[int] = set()
    for node in ast.walk(tree):
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if isinstance(node, ast.stmt) and (typing_only or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            late.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return late


def imports_of(file: Path) -> Iterator[Import]:
    name, tree = module_name(file), ast.parse(file.read_text("utf-8"))
    late = late_lines(tree)
    package = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        targets = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *((node.module or "").split(".") if node.module else [])])
            inner = [f"{source}.{alias.name}" for alias in node.names]
            targets = [one if source.startswith("xlsgd") and is_module(one) else source for one in inner]
        for target in dict.fromkeys(targets):
            yield Import(name, target, node.lineno, node.lineno not in late)


IMPORTS = [found for file in FILES for found in imports_of(file)]


def wrong(bad: list[Import]) -> str:
    return "\n".join(map(str, bad))


def test_the_walk_saw_the_house() -> None:
    parts = {file.relative_to(PACKAGE).parts[0].removesuffix(".py") for file in FILES}
    assert parts <= set(STOREY), f"parts without a storey in this test: {sorted(parts - set(STOREY))}"
    assert len(FILES) >= 80
    assert len(IMPORTS) >= 400
    assert any(found.part == "engine" and found.target_part == "functions" for found in IMPORTS)


def test_imports_point_down() -> None:
    bad = [
        found
        for found in IMPORTS
        if found.target_part is not None
        and found.target_part != found.part
        and STOREY[found.target_part] >= STOREY[found.part]
    ]
    assert not bad, wrong(bad)


def test_judges_import_down_their_rooms() -> None:
    rank = {room: number for number, room in enumerate(JUDGES_ROOMS)}
    prefix = "xlsgd.check.judge."
    inside = [found for found in IMPORTS if found.module.startswith(prefix) and found.target.startswith(prefix)]
    rooms = [(found, found.module.split(".")[3], found.target.split(".")[3]) for found in inside]
    between = [(found, one, two) for found, one, two in rooms if one in rank and two in rank and one != two]
    bad = [found for found, one, two in between if rank[two] >= rank[one]]
    bad += [found for found, one, two in rooms if one in rank and two not in rank]
    assert len(between) >= 100
    assert not bad, wrong(bad)


def test_no_circles() -> None:
    """Among the imports that happen when a module is imported; TopologicalSorter raises CycleError otherwise."""
    graph: dict[str, set[str]] = {}
    for found in IMPORTS:
        if found.at_once and found.target_part is not None and found.target != found.module:
            graph.setdefault(found.module, set()).add(found.target)
    # A package's __init__ gathers from its own modules; these reach their siblings directly.
    packages = {module_name(file) for file in FILES if file.name == "__init__.py"}
    for module, targets in graph.items():
        own = {package for package in packages if module.startswith(package + ".")}
        targets -= own
    assert len(list(TopologicalSorter(graph).static_order())) >= 80


def test_the_reference_never_sees_excel() -> None:
    bad = [
        f for f in IMPORTS if f.part == "reference" and f.target_part not in {None, "reference", "variants", "errors"}
    ]
    assert not bad, wrong(bad)


def test_excel_never_sees_the_reference() -> None:
    bad = [f for f in IMPORTS if f.part in EXCEL_SIDE and f.target_part in {"reference", "check"}]
    assert not bad, wrong(bad)


def test_variants_need_no_library() -> None:
    bad = [
        found
        for found in IMPORTS
        if found.part == "variants"
        and found.target_part not in {"variants", *STOREYS[0]}
        and found.target.split(".")[0] not in sys.stdlib_module_names
    ]
    assert not bad, wrong(bad)


def test_only_book_touches_zip_and_xml() -> None:
    bad = [f for f in IMPORTS if f.part != "book" and f.target.split(".")[0] in FILE_FORMATS]
    assert not bad, wrong(bad)


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_a_room_is_small_and_tidy(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert file.stem not in {"util", "utils", "helpers", "common", "misc"}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type).strip("()").split(", ") if node.type else ["BaseException"]
            assert not {"Exception", "BaseException"} & set(caught), f"line {node.lineno}: a broad except hides bugs"


@pytest.mark.parametrize("arguments", [["--help"], ["calc", "--help"], ["--version"]], ids=" ".join)
def test_the_command_line_starts_light(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from xlsgd.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('loaded:', *(name for name in sys.modules if '.' not in name))"
    )
    run = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.splitlines()[-1].split()[1:])
    assert "xlsgd" in loaded
    assert not loaded & HEAVY
