"""Extras, drawn weights, data of other shapes, and what a variant refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xlsgd.errors import UsageError
from xlsgd.variants import (
    INITS,
    MODELS,
    Adam,
    AdamGraddesc,
    Anneal,
    ClipNorm,
    ClipValue,
    Constant,
    Cosine,
    CsvData,
    Elbow,
    EveGraddesc,
    Glorot,
    Graddesc,
    He,
    Iris,
    Linear,
    Linear2,
    LinearData,
    Mlp,
    Quartic,
    StepDecay,
    Steps,
    Uniform,
    Variant,
    network,
    parse_clip,
    parse_data,
    parse_init,
    parse_schedule,
)


@pytest.mark.parametrize("text", ["elbow", "steps:7", "iris", "iris:12"])
def test_data_read_back_as_written(text: str) -> None:
    assert parse_data(text).text() == text


@pytest.mark.parametrize("text", ["uniform:-1.0,1.0,7", "normal:0.5,3", "he:2", "glorot:9"])
def test_drawn_inits_read_back_as_written_and_repeat(text: str) -> None:
    init = parse_init(text)
    assert init.text() == text
    for model in MODELS:
        assert init.weights(model) == parse_init(text).weights(model)
        assert len(init.weights(model)) == len(model.weights)


@pytest.mark.parametrize("text", ["value:2.0", "norm:0.5"])
def test_clips_read_back_as_written(text: str) -> None:
    assert parse_clip(text).text() == text


@pytest.mark.parametrize("text", ["constant", "step:2,0.5", "cosine", "anneal:2.0,0.5"])
def test_schedules_read_back_as_written(text: str) -> None:
    assert parse_schedule(text).text() == text


def test_schedules_have_defaults() -> None:
    assert parse_schedule("anneal") == Anneal(2.0, 0.5)
    assert parse_schedule("step:3") == StepDecay(3, 0.1)
    assert Variant(Linear()).schedule == Constant()


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: parse_init("uniform:1,0"), "LO must be below HI"),
        (lambda: parse_init("uniform:1"), "got 1 values"),
        (lambda: parse_init("normal:-1"), "SIGMA must be above 0"),
        (lambda: parse_init("he:x"), "'x' is not a whole number"),
        (lambda: parse_clip("norm:0"), "must be above 0"),
        (lambda: parse_clip("nrom:1"), "did you mean 'norm'?"),
        (lambda: parse_schedule("cosin"), "did you mean 'cosine'?"),
        (lambda: parse_schedule("cosine:3"), "takes no value"),
        (lambda: parse_schedule("step:0"), "at least 1 epoch"),
        (lambda: parse_data("steps:0"), "from 1 to"),
        (lambda: parse_data("iris:151"), "from 1 to 150"),
        (lambda: Mlp((4,)), "layers of 1 to 9 units"),
        (lambda: Mlp((4, 10, 3)), "layers of 1 to 9 units"),
        (lambda: Mlp(loss="mae"), "unknown loss 'mae'"),
        (lambda: Variant(Quartic(), data=Iris()), "only steps (steps:29)"),
        (lambda: Variant(Linear(), data=Iris()), "one input x and one number y"),
        (lambda: Variant(Linear(), data=Steps(3)), "needs rows with x and y"),
        (lambda: Variant(Mlp(), data=Graddesc()), "wants classes"),
        (lambda: Variant(Mlp((3, 3)), data=Iris()), "3 inputs and 3 classes, the data have 4 and 3"),
        (lambda: Variant(Mlp((4, 9, 9, 9, 3)), data=Iris()), "no more than 200"),
        (lambda: Variant(Linear(), batch=-1), "a batch of -1 rows"),
        (lambda: Variant(Linear(), batch=30), "a batch of 30 rows"),
        (lambda: Variant(Quartic(), batch=2), "neither a batch nor a shuffle"),
        (lambda: Variant(Quartic(), shuffle=1), "neither a batch nor a shuffle"),
        (lambda: Variant(Linear(), weight_decay=-0.1), "0 or more is wanted"),
        (lambda: Variant(Linear(), optimizer=Adam(), states={"v_c": 1.0}), "unknown state"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(call: Any, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_each_model_has_usual_data_and_weights() -> None:
    assert Variant(Linear2()).data == Graddesc()
    assert Variant(Quartic()).data == Steps(29)
    assert Variant(Mlp()).data == Iris()
    assert Variant(Mlp()).init == Uniform(-0.5, 0.5, 0)


def test_weights_of_a_network_are_named_layer_by_layer() -> None:
    model = Mlp((2, 2, 3))
    one = "w1_11 w1_12 w1_21 w1_22 b1_1 b1_2"
    two = "w2_11 w2_12 w2_21 w2_22 w2_31 w2_32 b2_1 b2_2 b2_3"
    assert " ".join(model.weights) == f"{one} {two}"
    assert model.fans[:6] == ((2, 2),) * 4 + (None,) * 2


def test_he_and_glorot_leave_biases_at_zero_and_look_at_the_layer() -> None:
    model = Mlp((4, 9, 3))
    for init in (He(1), Glorot(1)):
        drawn = dict(zip(model.weights, init.weights(model), strict=True))
        assert all((number == 0.0) == name.startswith("b") for name, number in drawn.items())
    edge = (6 / 12) ** 0.5
    assert max(abs(number) for number in Glorot(1).weights(Mlp((9, 3)))) <= edge


def test_states_begin_where_their_optimizer_says_or_where_they_are_typed() -> None:
    assert Variant(Linear(), optimizer=AdamGraddesc()).state_starts == dict.fromkeys(("m_a", "m_b", "v_a", "v_b"), 0.0)
    starts = Variant(Linear(), optimizer=EveGraddesc(), states={"v_b": 7.5}).state_starts
    assert starts == {"loss1": 240.0, "loss2": 120.0, "div": 1.0, "m_a": 0.0, "m_b": 0.0, "v_a": 0.0, "v_b": 7.5}


def test_shuffled_epochs_take_every_row_once_each_in_an_order_of_its_own() -> None:
    variant = Variant(Linear(), epochs=3, shuffle=5)
    orders = variant.orders()
    assert all(sorted(order) == list(range(29)) for order in orders)
    assert len(set(orders)) == 3
    assert variant.orders() == Variant(Linear(), epochs=3, shuffle=5).orders()
    assert variant.rows()[29] == Graddesc().rows()[orders[1][0]]


def test_a_batch_can_be_the_whole_epoch() -> None:
    assert Variant(Linear(), batch="full").batch_rows == 29
    assert Variant(Linear(), data=LinearData(5, 1), batch=5).batch_rows == 5


def test_iris_comes_with_its_species_in_turn() -> None:
    rows = Iris().rows()
    assert len(rows) == len(set(range(150)))
    assert [row[4:] for row in rows[:3]] == [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
    assert [sum(column) for column in list(zip(*rows, strict=True))[4:]] == [50.0, 50.0, 50.0]
    assert Iris().headers[-3:] == ("setosa", "versicolor", "virginica")


def test_the_elbow_runs_from_minus_80_to_120() -> None:
    rows = Elbow().rows()
    assert (rows[0], rows[8], rows[-1]) == ((-80.0, 30.0), (0.0, 30.0), (120.0, 270.0))
    assert len(rows) == 21


def test_a_file_of_numbers_trains_a_line_and_as_classes_a_network(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("size,label\n1.5,0\n2.5,1\n3.5,0\n")
    data = parse_data(str(path))
    assert isinstance(data, CsvData)
    assert (data.inputs, data.targets, data.headers) == (("x",), ("y",), ("size", "label"))
    assert Variant(Linear(), data=data).rows() == ((1.5, 0.0), (2.5, 1.0), (3.5, 0.0))
    model, classed = network(data, (2,))
    assert model.widths == (1, 2, 2)
    assert classed.targets == ("y1", "y2")
    assert Variant(model, data=classed).rows()[1] == (2.5, 0.0, 1.0)


def test_extras_are_compared_as_values() -> None:
    assert Variant(Linear(), clip=ClipNorm(2.0)) == Variant(Linear(), clip=parse_clip("norm:2"))
    assert Variant(Linear(), clip=ClipValue(2.0)) != Variant(Linear(), clip=ClipNorm(2.0))
    assert len({Variant(Linear(), schedule=Cosine()), Variant(Linear(), schedule=parse_schedule("cosine"))}) == 1
    assert len(INITS) == 6
