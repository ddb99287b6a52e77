"""Texts that want to be something else: formulas, commands to the terminal, markup, scripts; see docs/security.md."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

import xlsgd
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.writer import write
from xlsgd.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
ESCAPE = "\x1b[31m"
SCRIPT = "<script>alert(1)</script>"
NAME = "a'b (red) & <b>"
WRONG_ROW = 8


def text_workbook(path: Path) -> Path:
    """A training with one mistake whose texts are all hostile."""
    made = Sheet(NAME)
    made.constants.update({(1, 1): "x", (1, 2): f"y {SCRIPT}", (1, 3): "=cmd|'/c calc'!A1", (1, 7): 1.0, (2, 7): 0.001})
    for row in range(2, 14):
        made.constants.update({(row, 1): float(row - 1), (row, 2): 2.0 * (row - 1)})
        made.formulas[row, 3] = Formula("G1" if row == 2 else f"C{row - 1}-$G$2*F{row - 1}", (row, 3))
        made.formulas[row, 4] = Formula(f"A{row}*C{row}", (row, 4))
        made.formulas[row, 5] = Formula(f"(D{row}-B{row})^2", (row, 5))
        target = row - 1 if row == WRONG_ROW else row
        made.formulas[row, 6] = Formula(f"2*(D{row}-B{target})*A{row}", (row, 6))
    made.constants[5, 2] = f"8{ESCAPE}[bold]{SCRIPT}"
    write(Book([made]), path)
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    return text_workbook(tmp_path / f"f{ESCAPE}[red].xlsx")


@pytest.mark.parametrize("header", ["=cmd|'/c calc'!A1", "+1+1", "@SUM(1)", "-2+3", "\t=1+1", '=HYPERLINK("x")'])
def test_headers_of_a_csv_become_no_formulas(header: str, tmp_path: Path) -> None:
    formulas = []
    for first in ("x", header):
        quoted = '"' + first.replace('"', '""') + '"'
        (tmp_path / "points.csv").write_text(f"{quoted},y\n1,2\n2,4\n3,6.5\n", "utf-8")
        status = main(["generate", "linear", "--data", str(tmp_path / "points.csv"), "-o", str(tmp_path / "a.xlsx")])
        assert status == 0
        sheets = xlsgd.load(tmp_path / "a.xlsx").sheets
        formulas.append([{cell: one.text for cell, one in sheet.formulas.items()} for sheet in sheets])
    assert formulas[0] == formulas[1]
    assert sum(map(len, formulas[0])) > 10


@pytest.mark.parametrize(
    "command", ["verify", "verify --show-roles", "calc", "plan", "run --epochs 1", "batch --jobs 1", "diff OTHER"]
)
def test_no_text_is_a_command_to_the_terminal(
    command: str, hostile: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.xlsx"
    xlsgd.generate(xlsgd.make_variant("linear"), other)
    main([*(str(other) if word == "OTHER" else word for word in command.split()), str(hostile)])
    said = capfd.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "[31m" in said.out + said.err or "(red)" in said.out


def test_a_name_that_does_not_exist_is_no_command_either(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["calc", str(tmp_path / f"no{ESCAPE}\r\nxlsgd: all is well.xlsx")]) == 2
    said = capfd.readouterr().err
    assert "\x1b" not in said
    assert "\r" not in said
    assert said.count("\n") == 1


def test_texts_are_texts_in_reports(hostile: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page, junit = tmp_path / "a.html", tmp_path / "a.xml"
    main(["verify", str(hostile), "--html", str(page)])
    main(["batch", str(hostile), "--jobs", "1", "--junit", str(junit), "--html", str(tmp_path)])
    for written in (page, tmp_path / "index.html"):
        assert SCRIPT not in written.read_text("utf-8")
    assert "&lt;script&gt;alert" in page.read_text("utf-8")
    assert "alert(1)" in "".join(ElementTree.parse(junit).getroot().itertext())
    capfd.readouterr()
    main(["verify", str(hostile), "--json"])
    told = json.loads(capfd.readouterr().out)["files"][0]["sheets"][0]
    assert told["sheet"] == NAME
    assert any(SCRIPT in finding["message"] or SCRIPT in str(finding["value"]) for finding in told["findings"])


def test_a_marked_copy_has_no_formula_that_was_not_there(hostile: Path, tmp_path: Path) -> None:
    main(["verify", str(hostile), "--annotate", str(tmp_path / "marked.xlsx")])
    before, after = xlsgd.load(hostile), xlsgd.load(tmp_path / "marked.xlsx")
    assert [sheet.name for sheet in after.sheets] == [NAME, "xlsgd"]
    assert dict(after.sheets[0].formulas) == dict(before.sheets[0].formulas)
    assert not after.sheets[1].formulas
    with zipfile.ZipFile(tmp_path / "marked.xlsx") as archive:
        listed = next(archive.read(name) for name in archive.namelist() if name.endswith("sheet2.xml"))
    assert "location=\"'a''b (red) &amp; &lt;b&gt;'!" in listed.decode()


def test_each_row_of_the_page_has_its_test() -> None:
    section = PAGE.read_text("utf-8").split("\n## Texts\n")[1].split("\n## ")[0]
    rows = [line.split("|")[3].strip(" `") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 5
    assert set(rows) == {name for name in globals() if name.startswith("test_") and "row" not in name}
