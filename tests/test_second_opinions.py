"""The engines that call other programs: what they answer, what they cannot do, and how they fail."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
from pathlib import Path

import pytest

from make_package import parts, save
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.book import Cell
from xlsgd.book.reader import read
from xlsgd.book.writer import write
from xlsgd.engine import Values, get_engine
from xlsgd.engine.formulas import Formulas
from xlsgd.engine.libreoffice import LibreOffice
from xlsgd.engine.opinion import Opinion, gather
from xlsgd.errors import EngineError
from xlsgd.plan import make_plan
from xlsgd.values import DIV0, NUM, CellError, Scalar, Unsupported

needs_libreoffice = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not installed"
)
needs_formulas = pytest.mark.skipif(
    importlib.util.find_spec("formulas") is None, reason="the library formulas is not installed"
)
ENGINES = [
    pytest.param("libreoffice", marks=needs_libreoffice),
    pytest.param("formulas", marks=needs_formulas),
]


def book_of(*formulas: str, **more: Formula) -> Book:
    """A book whose A1 is 2 and whose column B holds formulas (with wrong cached values)."""
    sheet = Sheet("Sheet one", constants={(1, 1): 2.0})
    for row, text in enumerate(formulas, 1):
        sheet.formulas[row, 2] = Formula(text, (row, 2))
        sheet.cached[row, 2] = 99.0
    for formula in more.values():
        sheet.formulas[formula.origin] = formula
    return Book([sheet])


def run(engine: str, book: Book) -> Values:
    return get_engine(engine).run(make_plan(book))


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_of_every_kind(engine: str) -> None:
    values = run(engine, book_of("A1*3", '"a"&A1', "A1=2", "A1/0", 'IF(A1>1,"",1)', "SUM(A1:A2)+B1"))
    assert [values.results[0][row, 2] for row in range(1, 7)] == [6.0, "a2", True, DIV0, "", 8.0]
    assert values["'Sheet one'!B1"] == 6.0
    assert (values.engine, values.counts.formulas, values.counts.unsupported) == (engine, 6, 0)
    assert values.seconds["run"] > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_function_is_named_and_so_is_what_depends_on_it(engine: str) -> None:
    values = run(engine, book_of("_xlfn.FOO.BAR(A1)", "B1+1", "IFERROR(B2,7)", "IFERROR(QUX(1),7)", "A1+1"))
    found = [values.results[0][row, 2] for row in range(1, 6)]
    assert found == [*[Unsupported("FOO.BAR")] * 3, Unsupported("QUX"), 3.0]
    assert values.counts.unsupported == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_is_read_from_a_copy_and_left_alone(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "my book.xlsx"
    write(book_of("SQRT(A1*2)"), path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert run(engine, read(path))["Sheet one!B1"] == 2.0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]
    path.rename(tmp_path / "moved.xlsx")
    gone = read(tmp_path / "moved.xlsx")
    gone.path = path
    with pytest.raises(EngineError, match="cannot be copied"):
        run(engine, gone)


@pytest.mark.parametrize("engine", ENGINES)
def test_array_formulas_fill_their_box(engine: str) -> None:
    from xlsgd.address import Box

    book = book_of("A1*1", "A1*2", filled=Formula("B1:B2*10", (1, 4), "array", Box(1, 4, 2, 4)))
    values = run(engine, book)
    assert [values.results[0][row, 4] for row in (1, 2)] == [20.0, 40.0]


@pytest.mark.parametrize("engine", ENGINES)
def test_volatile_functions_are_remarked(engine: str) -> None:
    values = run(engine, book_of("RAND()", "A1"))
    assert values.remarks == [f"{engine} drew RAND, NOW and kin anew: 1 formula cells and what depends on them"]
    assert run(engine, book_of("A1")).remarks == []


@needs_formulas
def test_formulas_says_what_it_refuses() -> None:
    values = run("formulas", book_of("1E308*10", "SQRT(-1)", "A1*1"))
    refused, number, fine = (values.results[0][row, 2] for row in (1, 2, 3))
    assert isinstance(refused, Unsupported)
    assert "refused" in refused.reason
    assert (number, fine) == (NUM, 2.0)


@needs_formulas
def test_formulas_does_not_see_the_names_of_one_sheet() -> None:
    from xlsgd.book import Name

    book = book_of("rate*2", "whole*2")
    book.names = [Name("rate", "'Sheet one'!$A$1", 0), Name("whole", "'Sheet one'!$A$1")]
    values = run("formulas", book)
    assert values.results[0][1, 2] == Unsupported("the name rate of one sheet")
    assert values.results[0][2, 2] == 4.0


@needs_formulas
def test_formulas_does_not_see_a_sheet_with_an_apostrophe() -> None:
    book = book_of("A1", "A1")
    book.sheets.append(Sheet("other", formulas={(1, 1): Formula("'It''s'!B1", (1, 1)), (1, 2): Formula("5", (1, 2))}))
    book.sheets[0].name = "It's"
    values = run("formulas", book)
    missing = Unsupported("a sheet's name with an apostrophe")
    assert values.results == [{(1, 2): missing, (2, 2): missing}, {(1, 1): missing, (1, 2): 5.0}]


def test_absent_programs_say_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(book_of("A1"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match=r"install it .*soffice"):
        LibreOffice().run(plan)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r'pip install "xlsgd\[engines\]"'):
        Formulas().run(plan)


def program(folder: Path, script: str) -> None:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for the program is a shell script")
def test_a_program_that_fails_or_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(book_of("A1"))
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    program(tmp_path, "echo the disk is full >&2; exit 1")
    with pytest.raises(EngineError, match="did not convert the workbook: the disk is full"):
        LibreOffice().run(plan)
    program(tmp_path, "sleep 60")
    with pytest.raises(EngineError, match=r"took longer than 0\.2 seconds"):
        LibreOffice(timeout=0.2).run(plan)
    with pytest.raises(EngineError, match=r"took longer than 0\.01 seconds"):
        Formulas(timeout=0.01).run(plan)


@needs_formulas
def test_a_workbook_that_formulas_cannot_open(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>1</f><v>1</v></c></row>'
    broken = {**parts(rows), "xl/styles.xml": "<no/>"}
    broken["[Content_Types].xml"] = "<broken"
    with pytest.raises(EngineError, match="formulas cannot do this workbook"):
        run("formulas", read(save(tmp_path / "a.xlsx", broken)))


def test_gathering_marks_what_is_missing() -> None:
    answers: dict[tuple[int, int, int], Scalar] = {(0, 1, 2): 1.0, (0, 3, 2): CellError.NA}
    values = gather(make_plan(book_of("A1", "A1", "SUM(A2:B2)", "C9")), Opinion(answers), "test", 1.5)
    missing = Unsupported("no answer")
    expected: dict[Cell, object] = {(1, 2): 1.0, (2, 2): missing, (3, 2): missing, (4, 2): missing}
    assert values.results == [expected]
    assert (values.counts.unsupported, values.seconds) == (3, {"run": 1.5})
