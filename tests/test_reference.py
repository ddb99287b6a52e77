"""The reference: the published facts of the experiments, and the same bits whether runs go alone or together."""

import math

import numpy as np
import pytest

from xlsgd.errors import UsageError
from xlsgd.reference import Trace, train
from xlsgd.values import finish
from xlsgd.variants import (
    GRADIENTS,
    MODELS,
    OPTIMIZERS,
    Forward,
    Iris,
    Linear,
    Linear2,
    LinearData,
    Mlp,
    Quartic,
    Steps,
    Typed,
    Variant,
)
from xlsgd.vocabulary import make_variant

NETWORK = Mlp((4, 2, 3))
MATRIX = [
    Variant(model, gradient, optimizer, data=data, epochs=2)
    for model, data in (*((model, LinearData(4, 1)) for model in MODELS[:3]), (Quartic(), Steps(4)), (NETWORK, Iris(2)))
    for gradient in GRADIENTS
    for optimizer in OPTIMIZERS
]


def column(trace: Trace, key: str) -> list[float]:
    return [float(number) for number in trace.columns[key][0]]


def bits(values: np.ndarray) -> bytes:
    """The bits; an error is an error, whatever sign its nan has."""
    return np.where(np.isnan(values), np.nan, values).tobytes()


def test_one_neuron_has_error_151_after_one_epoch() -> None:
    assert train(Variant(Linear())).summary["root_sum_error_1"].tolist() == [150.75521153771854]


def test_two_neurons_with_forward_differences_explode_and_freeze() -> None:
    trace = train(make_variant("linear2", "forward", epochs=3))
    errors = column(trace, "error")
    assert f"{errors[27]:.1e} {errors[28]:.1e}" == "1.9e+25 2.0e+65"
    for key in ("da", "db", "dc", "dd"):
        assert set(column(trace, key)[28:]) == {0.0}
    for key in ("a", "b", "c", "d"):
        assert len(set(column(trace, key)[28:])) == 1
    assert all(np.isfinite(values).all() for values in trace.columns.values())


def test_two_neurons_with_exact_derivatives_overflow() -> None:
    trace = train(make_variant("linear2", epochs=2))
    errors = column(trace, "error")
    assert [math.isfinite(error) for error in errors[28:32]] == [True, True, False, False]
    assert all(math.isfinite(column(trace, key)[30]) for key in ("da", "db", "dc", "dd"))
    data = {"x", "y"}
    assert all(np.isnan(values[0, 32:]).all() for key, values in trace.columns.items() if key not in data)
    assert np.isnan(trace.summary["root_sum_error_2"]).all()


@pytest.mark.parametrize("gradient", ["analytic", "forward"])
def test_a_relu_does_not_explode(gradient: str) -> None:
    trace = train(make_variant("relu2", gradient, epochs=3))
    assert all(np.isfinite(values).all() for values in trace.columns.values())
    assert np.abs(trace.columns["prediction"]).max() < 1e3


def test_forward_differences_of_one_neuron_are_off_by_h_times_x_squared() -> None:
    trace = train(Variant(Linear(), Forward()))
    r = trace.columns["prediction"] - trace.columns["y"]
    x = trace.columns["x"]
    assert np.allclose(trace.columns["da"] - 2 * r * x, 0.01 * x * x, rtol=1e-6)
    assert np.allclose(trace.columns["db"] - 2 * r, 0.01, rtol=1e-6)


def test_the_summary_is_a_plain_sum_and_the_weights_after_an_epoch() -> None:
    trace = train(make_variant("relu2", optimizer="momentum", epochs=3))
    for epoch in (1, 2, 3):
        total = 0.0
        for error in column(trace, "error")[29 * (epoch - 1) : 29 * epoch]:
            total += error
        assert trace.summary[f"root_sum_error_{epoch}"].tolist() == [math.sqrt(total)]
        assert trace.summary[f"end_c_{epoch}"][0] == column(trace, "new_c")[29 * epoch - 1]
    assert (trace.runs, trace.rows, trace.epoch_rows) == (1, 87, 29)


@pytest.mark.parametrize("variant", MATRIX, ids=lambda variant: variant.name)
def test_runs_together_have_the_bits_of_runs_alone(variant: Variant) -> None:
    draw = np.random.default_rng(7)
    starts = draw.uniform(-1, 1, (9, len(variant.model.weights)))
    rates = np.geomspace(1e-6, 1e-2, 9)
    together = train(variant, starts, rates)
    for run in (0, 8):
        alone = train(variant, starts[run : run + 1], rates[run : run + 1])
        assert alone.columns.keys() == together.columns.keys()
        for key, values in alone.columns.items():
            assert bits(values[0]) == bits(together.columns[key][run]), (run, key)
        for key, values in alone.summary.items():
            assert bits(values[0]) == bits(together.summary[key][run]), (run, key)


def by_hand(start: list[float], lr: float, data: list[tuple[float, ...]]) -> list[float]:
    """Analytic linear2 with plain SGD on Python's numbers: the last weights, nan where an error stands."""

    def kept(number: float) -> float:
        done = finish(number)
        return done if isinstance(done, float) else math.nan

    a, b, c, d = start
    for x, y in data:
        h = kept(kept(a * x) + b)
        p = kept(kept(c * h) + d)
        dd = kept(2.0 * kept(p - y))
        dc, db = kept(dd * h), kept(dd * c)
        da = kept(db * x)
        a, b, c, d = (kept(w - kept(g * lr)) for w, g in ((a, da), (b, db), (c, dc), (d, dd)))
    return [a, b, c, d]


def test_numpy_agrees_with_plain_python_to_the_bit() -> None:
    draw = np.random.default_rng(3)
    starts, rates = draw.uniform(-1, 1, (60, 4)), np.geomspace(1e-6, 1e-2, 60)
    variant = make_variant("linear2", epochs=2)
    trace = train(variant, starts, rates)
    rows = list(variant.data.rows()) * 2
    lost = 0
    for run in range(60):
        got = [float(trace.columns[f"new_{name}"][run, -1]) for name in "abcd"]
        want = by_hand(starts[run].tolist(), float(rates[run]), rows)
        lost += any(map(math.isnan, want))
        assert np.array_equal(got, want, equal_nan=True)
    assert 0 < lost < 60  # some explode and some do not


def test_one_start_serves_all_rates() -> None:
    trace = train(Variant(Linear(), init=Typed((0.5, 2.0))), lr=np.array([1e-5, 1e-4]))
    assert trace.columns["a"][:, 0].tolist() == [0.5, 0.5]
    assert trace.columns["new_a"][0, 0] != trace.columns["new_a"][1, 0]


@pytest.mark.parametrize(
    ("starts", "lr"),
    [
        (np.ones((2, 3)), None),
        (np.ones(4), None),
        (np.ones((2, 4)), np.ones(3)),
        (np.ones((0, 4)), None),
        (None, np.ones((2, 2))),
        (np.full((1, 4), np.nan), None),
        (None, np.array([np.inf])),
    ],
)
def test_shapes_that_do_not_fit(starts: np.ndarray | None, lr: np.ndarray | None) -> None:
    with pytest.raises(UsageError):
        train(Variant(Linear2()), starts, lr)


def test_other_data_and_the_frame() -> None:
    trace = train(Variant(Linear(), data=LinearData(5, 2), epochs=2))
    frame = trace.frame()
    assert frame.index.tolist() == list(range(1, 11))
    assert frame["x"].tolist() == [x for x, _ in LinearData(5, 2).rows()] * 2
    assert list(frame.columns) == ["x", "y", "a", "b", "prediction", "error", "da", "db", "new_a", "new_b"]
