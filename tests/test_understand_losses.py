"""Trainings whose loss nobody wrote out: which one the derivatives speak for, and what is right and wrong then."""

from __future__ import annotations

from xlsgd import verify
from xlsgd.address import parse_cell
from xlsgd.book import Book, Sheet
from xlsgd.book.book import Formula
from xlsgd.check.judge import with_values
from xlsgd.check.understand import Block, understand
from xlsgd.plan import make_plan

ROWS = range(4, 24)
XS = (0.5, 2.0, 1.0, 3.0, 1.5, 2.5)


def run(heads: str, columns: dict[str, str], starts: dict[str, float], labels: tuple[float, ...]) -> Book:
    """A table in rows 4 to 23: x in A, labels in B, formulas by column; weights begin with ``starts``."""
    sheet = Sheet("run")
    for col, head in enumerate(heads.split(), 1):
        sheet.constants[3, col] = head
    sheet.constants[1, 1], sheet.constants[1, 2] = "rate", 0.2
    for row in ROWS:
        sheet.constants[row, 1], sheet.constants[row, 2] = XS[row % len(XS)], labels[row % len(labels)]
        for letter, text in columns.items():
            place = parse_cell(f"{letter}{row}")
            assert place is not None
            if row == 4 and letter in starts:
                sheet.constants[place] = starts[letter]
            else:
                sheet.formulas[place] = Formula(text.format(r=row, b=row - 1), place)
    return Book([sheet])


SOFTMAX = {
    "C": "C{b}-$B$1*(I{b}-(B{b}=1))*A{b}",
    "D": "D{b}-$B$1*(J{b}-(B{b}=2))*A{b}",
    "E": "E{b}-$B$1*(I{b}-(B{b}=1))",
    "F": "F{b}-$B$1*(J{b}-(B{b}=2))",
    "G": "EXP(C{r}*A{r}+E{r})",
    "H": "EXP(D{r}*A{r}+F{r})",
    "I": "G{r}/(G{r}+H{r})",
    "J": "H{r}/(G{r}+H{r})",
    "K": "-LN(INDEX(I{r}:J{r},B{r}))",
}
LIKELIHOOD = {
    "C": "C{b}+$B$1*G{b}",
    "D": "D{b}+$B$1*H{b}",
    "E": "1/(1+EXP(-C{r}*A{r}-D{r}))",
    "F": "B{r}*LN(E{r})+(1-B{r})*LN(1-E{r})",
    "G": "(B{r}-E{r})*A{r}",
    "H": "B{r}-E{r}",
}
MARGIN = {
    "C": "IF(E{b}<1,C{b}+$B$1*B{b}*A{b},C{b})",
    "D": "IF(E{b}<1,D{b}+$B$1*B{b},D{b})",
    "E": "B{r}*(C{r}*A{r}+D{r})",
}


def softmax(changes: dict[str, str] | None = None) -> Book:
    starts = {"C": 0.1, "D": -0.1, "E": 0.0, "F": 0.05}
    return run("x class w1 w2 b1 b2 e1 e2 p1 p2 loss", SOFTMAX | (changes or {}), starts, (1.0, 2.0, 2.0))


def likelihood(changes: dict[str, str] | None = None) -> Book:
    return run(
        "x y slope const p logL s1 s0", LIKELIHOOD | (changes or {}), {"C": 0.1, "D": 0.2}, (0.0, 1.0, 0.0, 1.0, 1.0)
    )


def margin(changes: dict[str, str] | None = None) -> Book:
    return run("x y w b margin", MARGIN | (changes or {}), {"C": 0.1, "D": 0.2}, (-1.0, 1.0, -1.0, 1.0, 1.0))


def block_of(book: Book) -> Block:
    plan = with_values(make_plan(book))
    [block] = understand(plan.book, plan)
    return block


def errors(book: Book) -> list[str | None]:
    return [one.cell for one in verify(book).findings if one.severity == "error" and one.cause]


def test_classes_by_their_number() -> None:
    roles = block_of(softmax()).roles
    assert roles[2] == "target"
    assert [roles[col] for col in (9, 10, 11)] == ["prediction", "prediction", "error"]
    assert errors(softmax()) == []
    assert errors(softmax({"D": "D{b}-$B$1*(I{b}-(B{b}=2))*A{b}"})) == ["D5"]


def test_a_likelihood_is_climbed() -> None:
    assert errors(likelihood()) == []
    assert errors(likelihood({"D": "D{b}-$B$1*H{b}"})) == ["D5"]


def test_margins_that_only_updates_look_at() -> None:
    block = block_of(margin())
    assert [column.name for column in block.weights] == ["w", "b"]
    assert errors(margin()) == []
