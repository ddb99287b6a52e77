"""docs/pytest.md is true: its files are written, its commands run one after the other and print what it says."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import sys

import pytest

from .conftest import ROOT, Project

PAGE = (ROOT / "docs/pytest.md").read_text("utf-8")
BLOCKS = re.findall(r"^```([\w-]+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SCRIPTS = ("make_books.py", "try_rate.py")


def test_the_page_is_true(project: Project) -> None:
    pytest.importorskip("openpyxl")
    pytest.importorskip("xdist")
    commands = 0
    for language, text in BLOCKS:
        if language in ("python", "toml"):
            name, _, rest = text.removeprefix("# ").partition("\n")
            project.write(name, rest)
            (project.path / "pytest.ini").unlink(missing_ok=True)
            if name in SCRIPTS:
                assert project.command(sys.executable, name).status == 0
        elif language == "shell-session":
            line, _, expected = text.removeprefix("$ ").partition("\n")
            program, *words = shlex.split(line)
            assert program == "pytest"
            found = project.pytest(*words, columns=80).text
            assert doctest.OutputChecker().check_output(expected, found, FLAGS), f"{line}\n{found}"
            commands += 1
        else:
            golden = (project.path / "books/line.xlsx.golden.json").read_text()
            assert golden.startswith(text)
            assert json.loads(golden)["ulp"] == 0
    assert commands == 7


def test_the_page_names_every_option(project: Project) -> None:
    told = project.pytest("--help").text
    options = set(re.findall(r"^  (--xlsgd[\w-]*)", told, re.MULTILINE))
    settings = set(re.findall(r"^  (xlsgd_\w+)", told, re.MULTILINE))
    assert len(options) == 6
    assert len(settings) == 5
    for name in options | settings:
        assert f"`{name}" in PAGE, name
