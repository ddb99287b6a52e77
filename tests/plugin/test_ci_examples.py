"""examples/ci: the files are what their programs take, and the commands in them run."""

from __future__ import annotations

import os
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Project, Ran, Workbooks

yaml = pytest.importorskip("yaml")

CI = ROOT / "examples/ci"
HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]
LOCAL = yaml.safe_load((CI / "pre-commit-config.yaml").read_text("utf-8"))["repos"][0]
WANTED = re.compile(r"(xlsgd|pytest|mkdir) ")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the commands are for bash")


def jobs(file: str) -> Iterator[tuple[str, list[str]]]:
    """The jobs of a file and their commands."""
    document = yaml.safe_load((CI / file).read_text("utf-8"))
    if "jobs" in document:
        for name, job in document["jobs"].items():
            yield name, [line for step in job["steps"] for line in step.get("run", "").splitlines()]
    else:
        for name, job in document.items():
            yield name, job["script"]


JOBS = [(file, name, lines) for file in ("github-workbooks.yml", "gitlab-ci.yml") for name, lines in jobs(file)]
DIFFERENT = list({tuple(lines): (file, name, lines) for file, name, lines in reversed(JOBS)}.values())


@pytest.fixture
def shell(project: Project) -> Project:
    """Where ``xlsgd`` and ``pytest`` are commands."""
    for name in ("xlsgd", "pytest"):
        script = project.write(f"bin/{name}", f'#!/bin/sh\nexec "{sys.executable}" -m {name} "$@"\n')
        script.chmod(0o755)
    return project


def run(shell: Project, *words: str, **extra: str) -> Ran:
    return shell.command(*words, PATH=f"{shell.path / 'bin'}{os.pathsep}{os.environ['PATH']}", **extra)


def test_the_walk_saw_the_jobs() -> None:
    assert [(file, name) for file, name, _ in JOBS] == [
        ("github-workbooks.yml", "verify"),
        ("github-workbooks.yml", "tests"),
        ("gitlab-ci.yml", "workbooks"),
        ("gitlab-ci.yml", "tests"),
    ]
    assert len(DIFFERENT) == 3


@pytest.mark.parametrize(("file", "job", "lines"), DIFFERENT, ids=[f"{file}-{job}" for file, job, _ in DIFFERENT])
def test_the_commands_of_a_job_run(shell: Project, workbooks: Workbooks, file: str, job: str, lines: list[str]) -> None:
    """A folder that is right passes; with a wrong workbook the job fails, and its reports are there."""
    assert lines[0].startswith("pip install xlsgd")
    commands = [line.strip() for line in lines[1:]]
    assert all(WANTED.match(line) for line in commands)
    script = "\n".join(commands).replace("-n auto", "-n 0")  # workers are tried elsewhere
    shell.take(workbooks.right, "books/right.xlsx")
    extra = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(shell.path / "summary.md")}
    right = run(shell, "bash", "-e", "-o", "pipefail", "-c", script, **extra)
    assert right.status == 0, right.text
    shutil.rmtree(shell.path / "report")
    shell.take(workbooks.wrong, "books/wrong.xlsx")
    wrong = run(shell, "bash", "-e", "-o", "pipefail", "-c", script, **extra)
    assert wrong.status == 1, wrong.text
    assert "H17" in wrong.text
    [report] = (shell.path / "report").glob("*.xml")
    cases = list(ET.parse(report).iter("testcase"))
    assert len(cases) == 2
    assert sum(case.find("failure") is not None for case in cases) == 1
    kept = [str(report.relative_to(shell.path)), "report"]
    assert any(path in (CI / file).read_text("utf-8") for path in kept)
    if "--github" in script:
        assert re.search(r"^::error file=books/wrong\.xlsx", wrong.text, re.MULTILINE)


def test_both_hooks_say_the_same() -> None:
    [local] = LOCAL["hooks"]
    assert local.pop("additional_dependencies") == ["xlsgd"]
    assert local == {key: value for key, value in HOOK.items() if key != "description"}


@pytest.fixture
def repository(shell: Project, workbooks: Workbooks) -> Project:
    """A git repository with workbooks, and the hook as installed by hand: there is no network to fetch it by."""
    pytest.importorskip("pre_commit")
    if shutil.which("git") is None:
        pytest.skip("git is not there")
    shell.take(workbooks.right, "books/right.xlsx")
    shell.take(workbooks.right, "books/Alt (2).XLSM")
    shell.take(workbooks.damaged, "books/~$right.xlsx")
    shell.write("notes.txt", "notes\n")
    hook: dict[str, Any] = {**HOOK, "language": "system"}
    shell.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]}))
    shell.write(".gitignore", "bin/\ncache/\n")
    assert git(shell, "init", "-q").status == 0
    assert git(shell, "add", ".").status == 0
    return shell


def git(shell: Project, *words: str) -> Ran:
    return run(shell, "git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words)


def pre_commit(shell: Project, *words: str) -> Ran:
    home = str(shell.path / "cache")
    return run(shell, sys.executable, "-m", "pre_commit", *words, PRE_COMMIT_HOME=home)


def test_the_hook_checks_workbooks_and_nothing_else(repository: Project, workbooks: Workbooks) -> None:
    right = pre_commit(repository, "run", "--verbose")
    assert right.status == 0, right.text
    assert "xlsgd verify" in right.text
    assert sorted(re.findall(r"^(books/.*): ok$", right.text, re.MULTILINE)) == [
        "books/Alt (2).XLSM",
        "books/right.xlsx",
    ]
    assert git(repository, "commit", "-q", "-m", "a").status == 0
    assert "no files to check" in pre_commit(repository, "run").text
    repository.take(workbooks.computed, "books/wrong.xlsx")
    assert git(repository, "add", ".").status == 0
    wrong = pre_commit(repository, "run")
    assert wrong.status == 1
    assert "Failed" in wrong.text
    assert "H17" in wrong.text
    assert "right.xlsx" not in wrong.text


def test_pre_commit_takes_the_files(shell: Project) -> None:
    pytest.importorskip("pre_commit")
    for command, file in (
        ("validate-manifest", ROOT / ".pre-commit-hooks.yaml"),
        ("validate-config", CI / "pre-commit-config.yaml"),
    ):
        checked = pre_commit(shell, command, str(file))
        assert checked.status == 0, checked.text


def test_the_readme_names_every_file() -> None:
    told = (CI / "README.md").read_text("utf-8")
    files = [path.name for path in sorted(Path(CI).iterdir()) if path.name != "README.md"]
    assert len(files) == 3
    assert all(f"({name})" in told for name in files)
