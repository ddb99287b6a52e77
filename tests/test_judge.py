"""Judging small books that are made here: what is found, at which cell, what belongs there, and what is left alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from xlsgd import Finding, limits, verify
from xlsgd.address import parse_cell
from xlsgd.book import Book, Sheet
from xlsgd.book.book import Formula, Name, Settings
from xlsgd.check.findings import FileReport

ROWS = range(5, 17)
XS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0)
COLUMNS = {
    "E": "C{r}*A{r}+D{r}",
    "F": "(E{r}-B{r})^2",
    "G": "2*(E{r}-B{r})*A{r}",
    "H": "2*(E{r}-B{r})",
    "I": "C{r}-$B$1*G{r}",
    "J": "D{r}-$B$1*H{r}",
}


def cell(name: str) -> tuple[int, int]:
    found = parse_cell(name)
    assert found is not None
    return found


def neuron(edits: Mapping[str, str | float | None] | None = None) -> Book:
    """One neuron by gradient descent in rows 5 to 16, with changes: a text that begins with ``=`` is a formula.

    ``E`` alone as a key stands for the whole column, ``{r}`` for its row.
    """
    cells: dict[str, str | float | None] = {"A1": "lr", "B1": 0.002, "A19": "sum", "F19": "=SUM(F5:F16)"}
    cells |= dict(
        zip(
            [f"{letter}4" for letter in "ABCDEFGHIJ"],
            ["x", "y", "a", "b", "pred", "err²", "de/da", "de/db", "new a", "new b"],
            strict=True,
        )
    )
    changes = dict(edits or {})
    columns = COLUMNS | {key: str(changes.pop(key)).removeprefix("=") for key in list(changes) if key in COLUMNS}
    for row, x in zip(ROWS, XS, strict=True):
        cells |= {f"A{row}": x, f"B{row}": 3.1 * x + 2 + x % 3}
        cells |= {f"{letter}{row}": "=" + text.format(r=row) for letter, text in columns.items()}
        cells |= {f"C{row}": f"=I{row - 1}", f"D{row}": f"=J{row - 1}"} if row > 5 else {"C5": 0.5, "D5": 0.5}
    sheet = Sheet("run")
    for name, content in {**cells, **changes}.items():
        if isinstance(content, str) and content.startswith("="):
            sheet.formulas[cell(name)] = Formula(content[1:], cell(name))
        elif content is not None:
            sheet.constants[cell(name)] = content
    return Book([sheet])


def errors(book: Book) -> list[Finding]:
    return [one for one in verify(book).files[0].errors if one.cause]


def test_a_right_sheet_is_ok() -> None:
    report = verify(neuron())
    assert report.ok
    assert report.files[0].verdict == "ok"
    [sheet] = report.files[0].sheets
    assert sheet.variant == "linear-analytic-sgd"
    assert sheet.rows == 12
    assert sheet.roles["G"] == "derivative"
    assert not report.findings


@pytest.mark.parametrize(
    ("edits", "kind", "where", "expected"),
    [
        ({"G9": "=2*(E8-B9)*A9"}, "reference", "G9", "=2*(E9-B9)*A9"),
        ({"I7": "=C7-B1*G7"}, None, None, None),
        ({"I7": "=C7-$B$2*G7"}, "reference", "I7", "=C7-$B$1*G7"),
        ({"F8": "=(E8-B8)*2"}, "formula", "F8", "=(E8-B8)^2"),
        ({"E10": 12.5}, "hard-coded", "E10", "=C10*A10+D10"),
        ({"F16": 3.0}, "hard-coded", "F16", "=(E16-B16)^2"),
        ({"B9": "n/a"}, "data", "B9", None),
        ({"B9": None}, "data", "B9", None),
        ({"A9": "5"}, "data", "A9", None),
        ({"B1": "0,002"}, "data", "B1", None),
        ({"F19": "=SUM(F5:F15)"}, "reference", "F19", "=SUM(F5:F16)"),
        ({"F19": "=SUM(F5:F19)"}, "reference", "F19", "=SUM(F5:F16)"),
        ({"I": "C{r}+$B$1*G{r}"}, "formula", "I5", "=C5-$B$1*G5"),
        ({"H": "(E{r}-B{r})"}, "formula", "H5", "=2*(E5-B5)"),
        ({"G": "2*(E{r}-B{r})*C{r}"}, "reference", "G5", "=2*(E5-B5)*A5"),
        ({"J": "D{r}-$B$1*G{r}"}, "reference", "J5", "=D5-$B$1*H5"),
        ({"E": "C{r}*A{r}-D{r}", "G": "2*(E{r}-B{r})*A{r}"}, "formula", None, None),
    ],
)
def test_a_mistake_is_named_at_its_cell(
    edits: dict[str, str | float | None], kind: str | None, where: str | None, expected: str | None
) -> None:
    found = errors(neuron(edits))
    if kind is None:
        assert not found, found
        return
    assert {one.kind for one in found} == {kind}, found
    if where is not None:
        assert [one.cell for one in found] == [where], found
    if expected is not None:
        assert found[0].expected_formula == expected


def test_a_missing_dollar_is_one_finding_for_the_column() -> None:
    drifting = {f"I{row}": f"=C{row}-B{row - 4}*G{row}" for row in ROWS}
    [finding] = errors(neuron(drifting))
    assert (finding.kind, finding.cell, finding.range) == ("reference", "I6", "I6:I16")
    assert finding.expected_formula == "=C6-$B$1*G6"


@pytest.mark.parametrize(
    "edits",
    [
        {"G11": "=A11*(E11-B11)*2"},
        {"F8": "=POWER(E8-B8,2)"},
        {"E": "((C{r})*(A{r}))+(D{r})"},
        {"F": "(E{r}-B{r})^2/2", "G": "(E{r}-B{r})*A{r}", "H": "E{r}-B{r}"},
        {"I16": None, "J16": None},
        {"A18": 1.0, "B18": 2.0},
        {"L20": "=3*7", "L21": "=L20+1"},
        {"C5": "=1-0.5"},
    ],
)
def test_harmless_differences_are_no_errors(edits: dict[str, str | float | None]) -> None:
    assert not errors(neuron(edits))
    assert verify(neuron(edits)).files[0].verdict == "ok"


def with_stored(book: Book) -> Book:
    """The book as Excel would save it: with a value in every formula cell."""
    from xlsgd.check.judge import with_values
    from xlsgd.plan import make_plan

    return with_values(make_plan(book)).book


def test_one_old_value_is_one_finding_and_what_follows_is_collapsed() -> None:
    book = with_stored(neuron())
    book.sheets[0].cached[cell("F9")] = 99.0
    [finding] = errors(book)
    assert (finding.kind, finding.cell, finding.value) == ("stale", "F9", 99.0)


def test_a_changed_input_without_recalculation_has_one_cause() -> None:
    book = with_stored(neuron())
    book.sheets[0].constants[cell("B1")] = 0.003
    report = verify(book).files[0]
    causes = [one for one in report.errors if one.cause]
    assert [one.cell for one in causes] == ["I5"]
    followers = [one for one in report.errors if not one.cause]
    assert len(followers) == 23
    assert {one.caused_by for one in followers} == {"run!I5"}


@pytest.mark.parametrize(
    ("settings", "severity"),
    [
        (Settings(mode="manual"), "error"),
        (Settings(full_precision=False), "error"),
        (Settings(iterate=True), "warning"),
    ],
)
def test_settings(settings: Settings, severity: str) -> None:
    book = neuron()
    book.settings = settings
    report: FileReport = verify(book).files[0]
    assert [(one.kind, one.severity) for one in report.findings] == [("settings", severity)]


@pytest.mark.parametrize(
    ("text", "words"),
    [("run!#REF!", "#REF!"), ("run!$C$16", "run!$I$16"), ("run!$I$15", "run!$I$16")],
)
def test_names(text: str, words: str) -> None:
    book = neuron()
    book.names.append(Name("last_a", text))
    [finding] = verify(book).files[0].findings
    assert finding.kind == "name"
    assert words in f"{finding.message} {finding.expected_formula}"


def test_a_label_that_misnames_is_a_warning() -> None:
    report = verify(neuron({"A19": "rmse", "F19": "=SQRT(SUM(F5:F16))"})).files[0]
    assert report.verdict == "ok"
    assert [(one.kind, one.severity, one.cell) for one in report.found] == [("label", "warning", "F19")]


def test_what_a_cause_spoiled_is_told() -> None:
    [finding] = errors(neuron({"G9": "=2*(E8-B9)*A9"}))
    assert finding.spoiled > 30
    assert "F19" in finding.message


def test_where_checking_ends_early_it_says_so() -> None:
    sheet = Sheet(
        "S", constants={(row, 1): 1.0 for row in range(1, 401)}, formulas={(1, 2): Formula("SUM(A1:A400)", (1, 2))}
    )
    sheet.cached[1, 2] = 399.0
    assert [one.kind for one in verify(Book([sheet])).findings] == ["stale"]
    with limits(steps=1000):
        (found,) = verify(Book([sheet])).findings
    assert (found.severity, found.sheet) == ("warning", "")
    assert "not everything was checked" in found.message
