"""The vocabulary: names, texts of the command line, and what makes no sense."""

from __future__ import annotations

import pytest

from xlsgd.errors import UsageError
from xlsgd.variants import (
    DATASETS,
    GRADIENTS,
    INITS,
    MODELS,
    OPTIMIZERS,
    AdamGraddesc,
    Forward,
    Graddesc,
    Linear,
    Linear2,
    LinearData,
    Typed,
    Variant,
    find,
    parse_data,
    parse_init,
)


def test_a_variant_is_named_by_its_members() -> None:
    assert Variant(Linear2(), Forward(), AdamGraddesc()).name == "linear2-forward-adam-graddesc"


@pytest.mark.parametrize("members", [MODELS, GRADIENTS, OPTIMIZERS, INITS, DATASETS])
def test_names_are_unique(members: tuple[object, ...]) -> None:
    names = [member.name for member in members]  # type: ignore[attr-defined]
    assert names
    assert len(names) == len(set(names))


def test_graddesc_data_are_those_of_the_published_workbook() -> None:
    rows = Graddesc().rows()
    assert len(rows) == 29
    assert rows[0] == (14.0, 58.0)
    assert rows[-1] == (8.0, 46.0)
    assert all(y == 2 * x + 30 for x, y in rows)


def test_drawn_data_repeat_under_their_seed() -> None:
    assert LinearData(50, 3).rows() == LinearData(50, 3).rows()
    assert LinearData(50, 3).rows() != LinearData(50, 4).rows()
    assert all(1 <= x <= 100 for x, _ in LinearData(200, 1).rows())


@pytest.mark.parametrize("text", ["graddesc", "linear:12,5"])
def test_data_read_back_as_written(text: str) -> None:
    assert parse_data(text).text() == text


@pytest.mark.parametrize("text", ["ones", "values:1.0,0.5"])
def test_inits_read_back_as_written(text: str) -> None:
    assert parse_init(text).text() == text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("linaer:3,1", "did you mean 'linear'?"),
        ("linear:", "not a whole number"),
        ("linear:0,1", "from 1 to"),
        ("linear:3,x", "'x' is not a whole number"),
        ("graddesc:3", "takes no value"),
    ],
)
def test_wrong_data(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        parse_data(text)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [("one", "did you mean 'ones'?"), ("values:1,b", "'b' is not a number"), ("values:1,inf", "not a finite number")],
)
def test_wrong_inits(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        parse_init(text)
    assert part in str(caught.value)


def test_an_init_that_does_not_fit_its_model_says_what_is_wanted() -> None:
    with pytest.raises(UsageError, match=r"wants 2 numbers \(a, b\)"):
        _ = Variant(Linear(), init=Typed((1.0, 2.0, 3.0))).start


def test_no_epoch_is_no_training() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        Variant(Linear(), epochs=0)


def test_find_offers_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'momentum'"):
        find("optimizer", "momentun", OPTIMIZERS)
