"""The global check: a workbook beside a free run of NumPy; rounding that grows is told apart from faults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from test_judge import cell, neuron
from xlsgd import calculate, generate, load, verify
from xlsgd.book import Book
from xlsgd.book.book import Formula
from xlsgd.check.findings import FileReport, SheetReport
from xlsgd.check.judge.ground.case import Case
from xlsgd.check.judge.ground.desk import Desk, with_values
from xlsgd.check.judge.trials.free_run import Held, close, free_run
from xlsgd.check.understand import understand
from xlsgd.plan import make_plan
from xlsgd.variants import Adam, AdamGraddesc, Analytic, Forward, Gradient, Linear, Linear2, Optimizer, Sgd, Variant

WORKBOOK = Path(__file__).parents[2] / "shared/workbooks/fastai+fastai1/courses/dl1/excel/graddesc.xlsm"
OTHER = {
    "E": "=(3*D{r}+A{r}*C{r}*3)/3",
    "F": "=E{r}*E{r}-2*E{r}*B{r}+B{r}^2",
    "G": "=2*A{r}*E{r}-2*A{r}*B{r}",
    "I": "=-G{r}*$B$1+C{r}",
}
CLOCK = {"I": "=IF(NOW()>0,C{r}-$B$1*G{r},0)"}


def the_sheet(file: FileReport) -> SheetReport:
    [sheet] = [one for one in file.sheets if one.trains]
    return sheet


def held(book: Book) -> Held:
    plan = with_values(make_plan(book))
    [block] = understand(plan.book, plan)
    return free_run(Case(Desk(plan), [], [block]), block)


def stored_from(book: Book, source: Book) -> Book:
    """A book with the values that another one calculates."""
    values = calculate(source)
    for place in book.sheets[0].formulas:
        book.sheets[0].cached[place] = values.at(0, *place)  # type: ignore[assignment]  # nothing unsupported here
    return book


@pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the workbook {WORKBOOK.name} is not there")
def test_the_sheets_of_graddesc() -> None:
    [file] = verify(WORKBOOK).files
    sheets = [sheet for sheet in file.sheets if sheet.trains]
    assert len(sheets) == 8
    for sheet in sheets:
        assert 29 * 7 <= sheet.compared <= 29 * 12
        assert sheet.max_ulp <= 8
    assert not [one for one in file.found if one.kind == "value"]
    assert [one.where for one in file.errors if one.kind in ("formula", "reference", "stale")] == ["adam_ann!J5"]


def test_a_right_sheet_is_the_free_run() -> None:
    sheet = the_sheet(verify(neuron()).files[0])
    assert (sheet.compared, sheet.max_ulp) == (8 * 12 - 2, 0)  # the two starts are typed
    assert held(neuron()).free == sheet.compared


@pytest.mark.parametrize("rate", [0.002, 0.0001, 0.01])
def test_another_algebra_is_right(rate: float) -> None:
    [file] = verify(neuron({**OTHER, "B1": rate})).files
    assert (file.verdict, file.found) == ("ok", [])
    sheet = the_sheet(file)
    assert sheet.compared == 8 * 12 - 2
    assert 0 < sheet.max_ulp < 1e6


@pytest.mark.parametrize("rate", [5.0, 1e28])
@pytest.mark.parametrize("edits", [{}, OTHER])
def test_an_explosion_is_no_finding(edits: dict[str, str], rate: float) -> None:
    [file] = verify(neuron({**edits, "B1": rate})).files
    assert (file.verdict, file.found) == ("ok", [])


@pytest.mark.parametrize("optimizer", [AdamGraddesc(10.0, 0.7, 0.5), Adam(10.0, 0.7, 0.5)])
@pytest.mark.parametrize("gradient", [Analytic(), Forward()])
def test_rounding_that_grows_is_no_finding(gradient: Gradient, optimizer: Optimizer, tmp_path: Path) -> None:
    book = load(generate(Variant(Linear(), gradient, optimizer, epochs=20), tmp_path / "in.xlsx").path)
    [sheet] = [one for one in book.sheets if len(one.formulas) > 1000]
    changed = 0
    for place, formula in list(sheet.formulas.items()):
        found = re.fullmatch(r"\((F\d+)\+(E\d+)\*(C\d+)\)", formula.text)
        if found:
            changed += 1
            sheet.formulas[place] = Formula("({}*3+{}*{}*3)/3".format(*found.groups()), place)
    sheet.cached.clear()
    assert changed == 580
    whole = held(book)
    assert whole.free < 6000 < whole.compared  # it did part from the free run
    assert not whole.apart
    [file] = verify(book).files
    assert file.verdict == "ok"
    assert not file.found
    assert the_sheet(file).max_ulp <= 1e-6 * 2**53


def test_two_neurons_are_held_too(tmp_path: Path) -> None:
    path = generate(Variant(Linear2(), optimizer=Sgd(1e-5)), tmp_path / "in.xlsx").path
    sheet = the_sheet(verify(path).files[0])
    assert sheet.max_ulp == 0
    assert held(load(path)).free == 29 * 15  # 4 weights, hidden, prediction, error, 4 derivatives, 4 new weights


def test_a_training_that_goes_another_way_where_no_formula_shows_it() -> None:
    """A formula with the clock in it is not held against its stored value: only the free run sees the jump."""
    book = stored_from(neuron(CLOCK), neuron({**CLOCK, "I9": 0.9}))
    [file] = verify(book).files
    [finding] = file.errors
    assert (finding.kind, finding.where, finding.role) == ("value", "run!I9", "update")
    assert finding.value == 0.9
    assert finding.expected == pytest.approx(1.1778, abs=1e-4)
    assert "linear-analytic-sgd" in finding.message
    assert file.verdict == "differs"
    assert verify(stored_from(neuron(CLOCK), neuron(CLOCK))).ok


def test_a_local_finding_explains_the_free_run() -> None:
    book = stored_from(neuron(), neuron({"I9": 0.9}))
    assert held(book).apart[0][0] == (0, *cell("I9"))
    [file] = verify(book).files
    assert {one.kind for one in file.found} == {"stale"}


@pytest.mark.parametrize(
    "edits",
    [
        {"K": "=MAX(MIN(G{r},500),-200)", "I": "=C{r}-$B$1*K{r}"},
        {"I": "=IF(A{r}>10,C{r}-$B$1*G{r}/2,C{r}-$B$1*G{r})"},
        {"I": "=IF(F{r}<1,C{r},C{r}-$B$1*G{r})", "J": "=IF(F{r}<1,D{r},D{r}-$B$1*H{r})"},
        {"I": "=C{r}-IF(RAND()<0.1,0,$B$1*G{r})"},
    ],
)
def test_a_rule_of_ones_own_in_some_rows_is_no_finding(edits: dict[str, str]) -> None:
    rows = {f"{letter}{row}": text.format(r=row) for letter, text in edits.items() for row in range(5, 17)}
    book = neuron({**rows, "K4": "used de/da"})
    if "RAND" not in edits["I"]:
        assert held(book).apart
    assert not [one for one in verify(book).findings if one.kind == "value"]


def test_a_column_of_another_meaning_is_left_to_its_own_formulas() -> None:
    """Half of the derivative, and twice the learning rate: the reference's derivative is another number."""
    book = neuron({"G": "=(E{r}-B{r})*A{r}", "H": "=(E{r}-B{r})", "F": "=(E{r}-B{r})^2/2"})
    whole = held(book)
    assert not whole.apart
    assert whole.free < whole.compared == 8 * 12 - 2


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [(1.0, 1.0 + 1e-9, True), (1.0, 1.001, False), (float("nan"), float("inf"), True), (1.0, float("nan"), False)],
)
def test_close(one: float, two: float, same: bool) -> None:
    assert close(one, two) is same
