"""Understanding sheets in layouts of their own, and leaving alone what does not train."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from understand_sheets import Cells, X, across, blocks, book, data, fill, told
from xlsgd.check.understand import Block, Overrides, read_overrides, understand
from xlsgd.errors import UnreadableError, UsageError
from xlsgd.plan import make_plan

RESIDUAL = "(C{r}*A{r}+D{r}-B{r})"
BEFORE = "(C{p}*A{p}+D{p}-B{p})"


def one(cells: Cells, overrides: Overrides | None = None) -> Block:
    found = blocks(cells, overrides)
    assert len(found) == 1
    return found[0]


def plain() -> Cells:
    """One neuron with a column for everything."""
    titles = dict(zip("CDEFGHIJ", ("a", "b", "pred", "error", "de/da", "de/db", "new a", "new b"), strict=True))
    cells = data(C4=1, D4=1, L1=0.001)
    cells |= {f"{column}3": title for column, title in titles.items()}
    fill(cells, 4, 13, E="=C{r}*A{r}+D{r}", F="=(E{r}-B{r})^2", G="=2*(E{r}-B{r})*A{r}", H="=2*(E{r}-B{r})")
    fill(cells, 4, 13, I="=C{r}-$L$1*G{r}", J="=D{r}-$L$1*H{r}")
    return fill(cells, 5, 13, C="=I{p}", D="=J{p}")


PLAIN = (
    "A input, B target, C weight, D weight, E prediction, F error, G derivative of a, H derivative of b, "
    "I update of a, J update of b"
)


def test_a_column_for_everything() -> None:
    block = one(plain())
    assert told(block) == PLAIN
    assert block.variant_name == "linear-analytic-sgd"
    assert (block.first, block.last, block.updates) == (4, 13, {"a": 9, "b": 10})
    assert block.settings["learning rate"].place == (0, 1, 12)


@pytest.mark.parametrize(
    ("cell", "content", "column"),
    [("G8", "=2*(E7-B8)*A8", 7), ("I9", 3.5, 9), ("E6", "oops", 5), ("C10", "=I8", 3), ("F12", "", 6)],
)
def test_one_wrong_cell_cuts_no_block(cell: str, content: float | str, column: int) -> None:
    block = one({**plain(), cell: content})
    assert told(block) == PLAIN
    assert block.variant_name == "linear-analytic-sgd"
    assert {col: found.odd for col, found in block.columns.items() if found.odd} == {column: (int(cell[1:]),)}


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("G", "=-2*(E{r}-B{r})*A{r}"),
        ("G", "=(E{r}-B{r})*A{r}"),
        ("G", "=2*(E{r}-B{r})"),
        ("G", "=2*(E{r}-A{r})*A{r}"),
        ("F", "=(E{r}-A{r})^2"),
        ("F", "=E{r}-B{r}"),
        ("I", "=C{r}+$L$1*G{r}"),
        ("I", "=C{r}-$L$1*H{r}"),
    ],
)
def test_a_whole_column_wrong_keeps_its_role(column: str, rule: str) -> None:
    block = one(fill(plain(), 4, 13, **{column: rule}))
    assert told(block) == PLAIN
    assert block.model == "linear"


def test_a_reference_without_its_dollar_still_tells_the_learning_rate() -> None:
    cells = plain()
    for row in range(4, 14):
        cells[f"I{row}"] = f"=C{row}-L{row - 3}*G{row}"
    block = one(cells)
    assert told(block) == PLAIN
    assert block.settings["learning rate"].place == (0, 1, 12)


def test_difference_quotients_and_what_they_are_made_of() -> None:
    cells = data(C3="a", D3="b", E3="e", F3="ea", G3="eb", H3="ga", I3="gb", C4=1, D4=1, P1=0.001, P2=0.01)
    fill(cells, 4, 13, E=f"={RESIDUAL}^2", F="=((C{r}+$P$2)*A{r}+D{r}-B{r})^2", G="=(C{r}*A{r}+D{r}+$P$2-B{r})^2")
    fill(cells, 4, 13, H="=(F{r}-E{r})/$P$2", I="=(G{r}-E{r})/$P$2")
    fill(cells, 5, 13, C="=C{p}-$P$1*H{p}", D="=D{p}-$P$1*I{p}")
    block = one(cells)
    assert block.variant_name == "linear-forward-sgd"
    assert told(block).endswith("F perturbed of a, G perturbed of b, H derivative of a, I derivative of b")
    assert block.settings["h"].place == (0, 2, 16)
    wrong = one(fill(dict(cells), 4, 13, H="=(F{r}-E{r})/0.02"))
    assert (wrong.columns[8].role, wrong.columns[8].of) == ("derivative", "a")


def test_how_far_a_weight_moved_is_no_derivative() -> None:
    block = one(fill({**plain(), "M3": "change of a", "N3": "log"}, 4, 13, M="=I{r}-C{r}", N="=LOG10(F{r})"))
    assert told(block) == f"{PLAIN}, M output, N output"


def test_weights_that_change_in_place_in_one_formula() -> None:
    cells = data(C3="w", D3="b", C4=0.1, D4=0.1, G1=0.001)
    fill(cells, 5, 13, C=f"=C{{p}}-2*$G$1*{BEFORE}*A{{p}}", D=f"=D{{p}}-2*$G$1*{BEFORE}")
    block = one(cells)
    assert told(block) == "A input, B target, C weight, D weight"
    assert (block.variant_name, block.first, block.last) == ("linear-analytic-sgd", 4, 13)
    assert block.settings["learning rate"].value == 0.001


def test_weights_after_the_step_with_the_start_above() -> None:
    cells = data(5, C4=0.1, D4=0.1, C3="w", D3="b", G1=0.001)
    residual = "(C{p}*A{r}+D{p}-B{r})"
    fill(cells, 5, 14, C=f"=C{{p}}-2*$G$1*{residual}*A{{r}}", D=f"=D{{p}}-2*$G$1*{residual}")
    block = one(cells)
    assert (block.variant_name, block.first, block.last) == ("linear-analytic-sgd", 5, 14)
    assert sorted(block.starts.values()) == [(0, 4, 3), (0, 4, 4)]


def adam() -> Cells:
    """Adam, its states beside the derivatives, all corrections in the update."""
    cells = data(C3="t", D3="a", E3="b", F3="e", G3="ga", H3="gb", D4=0, E4=0, P1=0.1, P2=0.9, P3=0.99, P4=1e-8)
    cells |= {"I3": 0, "J3": 0, "K3": 0, "L3": 0}
    residual = "(D{r}*A{r}+E{r}-B{r})"
    fill(cells, 4, 13, C=lambda row: row - 3.0, F=f"={residual}^2", G=f"=2*{residual}*A{{r}}", H=f"=2*{residual}")
    fill(cells, 4, 13, I="=$P$2*I{p}+(1-$P$2)*G{r}", J="=$P$2*J{p}+(1-$P$2)*H{r}")
    fill(cells, 4, 13, K="=$P$3*K{p}+(1-$P$3)*G{r}^2", L="=$P$3*L{p}+(1-$P$3)*H{r}^2")
    update = "={w}{{p}}-$P$1*({m}{{p}}/(1-$P$2^C{{p}}))/(SQRT({v}{{p}}/(1-$P$3^C{{p}}))+$P$4)"
    return fill(cells, 5, 13, D=update.format(w="D", m="I", v="K"), E=update.format(w="E", m="J", v="L"))


ADAM = (
    "input, B target, C step, D weight, E weight, F error, G derivative of a, H derivative of b, "
    "I state of a, J state of b, K state of a, L state of b"
)


def test_adam_with_everything_in_the_update() -> None:
    block = one(adam())
    assert told(block) == f"A {ADAM}"
    assert block.variant_name == "linear-analytic-adam"
    assert {name: found.value for name, found in block.settings.items()} == {
        "learning rate": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8,
    }  # fmt: skip
    assert [column.kind for column in block.having("state")] == ["m", "m", "v", "v"]


def test_training_to_the_right() -> None:
    block = one(across(adam()))
    assert block.across
    assert (block.first, block.last) == (4, 13)
    assert block.variant_name == "linear-analytic-adam"
    assert [column.role for _, column in sorted(block.columns.items())][:5] == [
        "input", "target", "step", "weight", "weight",
    ]  # fmt: skip


def test_a_correction_of_the_wrong_step_is_told() -> None:
    cells = adam()
    for cell in list(cells):
        if cell[0] in "DE" and isinstance(cells[cell], str):
            cells[cell] = (
                str(cells[cell]).replace("^C", "^(1+C").replace("))/(SQRT", ")))/(SQRT").replace("))+", ")))+")
            )
    block = one(cells)
    assert block.optimizer == "adam"
    assert "the bias correction of another step" in block.form


def test_epochs_below_and_to_the_right_continue() -> None:
    cells = data(C3="a", D3="b", E3="e", C4=0, D4=0, P1=0.001)
    update = (f"=C{{p}}-$P$1*2*{BEFORE}*A{{p}}", f"=D{{p}}-$P$1*2*{BEFORE}")
    fill(cells, 5, 13, C=update[0], D=update[1])
    fill(cells, 4, 13, E=f"={RESIDUAL}^2")
    below: Cells = {**cells, **{f"{c}{20 + i}": cells[f"{c}{4 + i}"] for c in "AB" for i in range(10)}}
    below |= {"A19": "x", "B19": "y", "C19": "a", "D19": "b", "E19": "e", "C20": "=C13-$P$1*2*E13", "D20": "=D13"}
    fill(fill(below, 21, 29, C=update[0], D=update[1]), 20, 29, E=f"={RESIDUAL}^2")
    found = blocks(below)
    assert [(block.first, block.last, block.continues) for block in found] == [(4, 13, None), (20, 29, 0)]
    assert {block.variant_name for block in found} == {"linear-analytic-sgd"}


def test_one_row_an_epoch_over_all_data() -> None:
    cells = data(D3="slope", E3="icept", F3="sse", G3="d slope", H3="d icept", D4=0, E4=0, K1=0.0005)
    residual = "(D{r}*$A$4:$A$13+E{r}-$B$4:$B$13)"
    fill(cells, 4, 30, F=f"=SUMPRODUCT({residual}^2)", G=f"=2*SUMPRODUCT({residual}*$A$4:$A$13)")
    fill(fill(cells, 4, 30, H=f"=2*SUMPRODUCT({residual})"), 5, 30, D="=D{p}-$K$1*G{p}", E="=E{p}-$K$1*H{p}")
    block = one(cells)
    assert told(block) == "D weight, E weight, F error, G derivative of slope, H derivative of icept"
    assert block.variant_name == "linear-analytic-sgd"


def test_two_inputs_are_no_model_of_the_registry_but_have_roles() -> None:
    titles = dict(zip("ABCDEFGH", ("x1", "x2", "y", "w1", "w2", "b", "pred", "diff"), strict=True))
    cells: Cells = {"D4": 0, "E4": 0, "F4": 0, "P1": 0.01, **{f"{c}3": title for c, title in titles.items()}}
    fill(cells, 4, 20, A=lambda r: r % 7 / 7, B=lambda r: r % 5 / 5, C=lambda r: r % 3 / 3)
    fill(cells, 4, 20, G="=SUMPRODUCT(A{r}:B{r},D{r}:E{r})+F{r}", H="=C{r}-G{r}")
    fill(cells, 4, 20, I="=$P$1*2*H{r}*A{r}", J="=$P$1*2*H{r}*B{r}", K="=$P$1*2*H{r}")
    block = one(fill(cells, 5, 20, D="=D{p}+I{p}", E="=E{p}+J{p}", F="=F{p}+K{p}"))
    assert told(block) == (
        "A input, B input, C target, D weight, E weight, F weight, G prediction, H residual, "
        "I update of w1, J update of w2, K update of b"
    )
    assert (block.variant_name, block.model, block.optimizer) == (None, None, "sgd")


def walk(**columns: str) -> Cells:
    """Thirty rows that go on from the row before, on data that are nothing in particular."""
    cells: Cells = {"H1": 0.3, "H2": 0.1, "C4": 5, "D4": 1}
    fill(cells, 4, 33, A=lambda r: float(r), B=lambda r: 10.0 + 7 * r % 11)
    return fill(cells, 5, 33, **columns)


NOTHING = {
    "running total": walk(C="=C{p}+B{r}"),
    "smoothing": walk(C="=C{p}+$H$1*D{p}", D="=B{r}-C{r}"),
    "moving average": walk(C="=$H$1*B{r}+(1-$H$1)*C{p}", D="=B{r}-C{r}"),
    "Holt": walk(E="=C{p}+D{p}", F="=B{r}-E{r}", C="=E{r}+$H$1*F{r}", D="=D{p}+$H$1*$H$2*F{r}"),
    "loan": walk(E="=C{p}*$H$2/12", F="=B{r}-E{r}", C="=C{p}-F{r}"),
    "interest": walk(C="=C{p}*(1+B{r}/1000)"),
    "logistic map": walk(C="=3.7*C{p}*(1-C{p})"),
    "spring": walk(C="=C{p}+$H$2*D{p}", D="=D{p}-$H$2*C{p}"),
    "epidemic": walk(C="=C{p}-$H$1*C{p}*D{p}/1000", D="=D{p}+$H$1*C{p}*D{p}/1000-$H$2*D{p}"),
    "Fibonacci": walk(C="=C{p}+D{p}", D="=C{p}"),
    "controller": walk(E="=B{r}-C{p}", D="=D{p}+E{r}", C="=C{p}+0.1*($H$1*E{r}+$H$2*D{r})"),
    "Newton": {**walk(E="=D{p}^2-2", F="=2*D{p}", D="=D{p}-E{r}/F{r}"), "E3": "f(x)", "F3": "f'(x)", "G3": "error"},
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("turn", [dict, across], ids=["down", "across"])
def test_what_goes_on_from_row_to_row_but_does_not_train(name: str, turn: type[Cells]) -> None:
    assert blocks(turn(NOTHING[name])) == []


def test_overrides_have_the_last_word(tmp_path: Path) -> None:
    file = tmp_path / "roles.toml"
    file.write_text('variant = "linear-analytic-momentum"\n[Sheet1]\nF = "output"\n"DE/DA" = "helper"\n', "utf-8")
    block = one(plain(), read_overrides(file))
    assert (block.columns[6].role, block.columns[7].role, block.columns[8].role) == ("output", "helper", "derivative")
    assert block.variant_name == "linear-analytic-momentum"
    assert one(plain(), read_overrides(file, "linear-forward-sgd")).variant_name == "linear-forward-sgd"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[Sheet1]\nF = "wieght"\n', "did you mean 'weight'?"),
        ("[Sheet1]\nF = 3\n", "a role must be a text"),
        ("variant = 1\n", "variant must be a text"),
        ('variant = "lineal-analytic-sgd"\n', "did you mean 'linear'?"),
        ('variant = "linear"\n', "MODEL-GRADIENT-OPTIMIZER"),
    ],
)
def test_overrides_that_make_no_sense(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "roles.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        read_overrides(file)
    assert said in str(caught.value)


def test_overrides_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[Sheet1\n", "utf-8")
    for name, said in (("broken.toml", "is not a TOML file"), ("absent.toml", "cannot be read")):
        with pytest.raises(UnreadableError) as caught:
            read_overrides(tmp_path / name)
        assert said in str(caught.value)


def test_a_file_without_values_is_understood_all_the_same() -> None:
    made = book({"Sheet1": adam()})
    made.sheets[0].cached.clear()
    assert [block.variant_name for block in understand(made, make_plan(made))] == ["linear-analytic-adam"]


def test_three_thousand_rows_take_less_than_a_second() -> None:
    cells = plain()
    for row in range(14, 3004):
        cells[f"A{row}"], cells[f"B{row}"] = X[row % 10] / 100, X[row % 7]
    fill(cells, 4, 3003, E="=C{r}*A{r}+D{r}", F="=(E{r}-B{r})^2", G="=2*(E{r}-B{r})*A{r}", H="=2*(E{r}-B{r})")
    fill(fill(cells, 4, 3003, I="=C{r}-$L$1*G{r}", J="=D{r}-$L$1*H{r}"), 5, 3003, C="=I{p}", D="=J{p}")
    made = book({"Sheet1": cells})
    plan = make_plan(made)
    start = time.perf_counter()
    found = understand(made, plan)
    assert time.perf_counter() - start < 1.0
    assert [(block.first, block.last) for block in found] == [(4, 3003)]
