"""Variant: one member of each registry, how long to train, and the extras."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from ..errors import UsageError, unknown_name
from .data import Data, Graddesc, Rows, Steps
from .extras import Clip, Constant, Schedule
from .gradients import Analytic, Gradient
from .inits import Init, Ones, Uniform
from .models import Mlp, Model, Quartic
from .optimizers import Optimizer, Sgd
from .tables import Iris

MAX_WEIGHTS = 200
_LATER = cast(Data, None)  # replaced by what suits the model
_LATER_INIT = cast(Init, None)


@dataclass(frozen=True, slots=True)
class Variant:
    """What is trained, and how. Its ``name`` is MODEL-GRADIENT-OPTIMIZER, such as ``linear2-forward-sgd``.

    init, data: left out, they are what suits the model (ones and graddesc; steps:29 for quartic; for mlp
    uniform:-0.5,0.5,0 and iris). epochs: how often the data are gone through; an epoch continues downward, weights and
    states carried on. states: typed starts by column key, such as ``{"v_a": 9309.6}``.

    Extras. In a row: derivatives ``d_w`` (columns ``da`` …), their mean over the batch, clipping, weight decay; the
    last of these that exists is the ``g`` of the optimizer.

    batch: rows a step, or "full". With more than one there are the columns ``in_batch = MOD(row - 1, batch) + 1``
    (row counts from 1 in each epoch; a batch ends with its epoch), ``updates`` (1 on the last row of a batch, else 0),
    ``sum_w = IF(in_batch = 1, d_w, old_sum_w + d_w)`` and ``mean_w = sum_w/in_batch`` of every weight. All states and
    new weights are ``IF(updates = 1, …, old)``: in the other rows a new weight is the weight, a state its old value.
    (adagrad-epoch's ``s`` and eve's shared columns go by epochs and do so regardless.)
    shuffle: a seed; each epoch then takes the rows in an order of its own (:meth:`orders`).
    clip, schedule: see :mod:`xlsgd.variants.extras`. weight_decay: columns ``decayed_w = g + w*weight_decay``.

    Order of a row's columns (keys): inputs, targets; weights; linear2's slope and intercept; the forward pass up to
    ``error`` (mlp: ``hit``); the bumped errors; the derivatives and what precedes them; ``in_batch updates``,
    ``sum_w``, ``mean_w``; ``norm scale``, ``clipped_w``; ``decayed_w``; ``measure``, ``rate``; shared states; states;
    ``new_w``.

    Summary keys, for each epoch N: ``root_sum_error_N = SQRT(SUM(error))`` over its rows, each error with the weights
    of its own row; ``end_a_N`` …, the weights after it; ``end_root_error_N``, ``SQRT(SUM(e))`` where e is every row's
    error with the weights after the epoch, in the row order of the epoch (not for quartic). mlp, in the place of
    both: ``mean_error_N = SUM(error)/rows`` (rows of an epoch) and ``hits_N = SUM(hit)``.

    Raises UsageError for what makes no sense.
    """

    model: Model
    gradient: Gradient = field(default_factory=Analytic)
    optimizer: Optimizer = field(default_factory=Sgd)
    init: Init = _LATER_INIT
    data: Data = _LATER
    epochs: int = 1
    batch: int | Literal["full"] = 1
    shuffle: int | None = None
    clip: Clip | None = None
    schedule: Schedule = field(default_factory=Constant)
    weight_decay: float = 0.0
    states: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.init is _LATER_INIT:
            object.__setattr__(self, "init", Uniform(-0.5, 0.5, 0) if isinstance(self.model, Mlp) else Ones())
        if self.data is _LATER:
            object.__setattr__(self, "data", _usual_data(self.model))
        if self.epochs < 1:
            raise UsageError(f"{self.epochs} epochs make no training: at least 1 is wanted")
        if len(self.model.weights) > MAX_WEIGHTS:
            raise UsageError(
                f"{len(self.model.weights)} weights: no more than {MAX_WEIGHTS} can be followed in a sheet"
            )
        _fits(self.model, self.data)
        self._check_extras()

    def _check_extras(self) -> None:
        rows = len(self.data.rows())
        if self.batch != "full" and not 1 <= self.batch <= rows:
            raise UsageError(
                f"a batch of {self.batch} rows: between 1 and {rows} (or full) fit an epoch of {rows} rows"
            )
        if isinstance(self.data, Steps) and (self.batch != 1 or self.shuffle is not None):
            raise UsageError(f"model '{self.model.name}' has no data: it takes neither a batch nor a shuffle")
        if not 0.0 <= self.weight_decay < 1e300:
            raise UsageError(f"a weight decay of {self.weight_decay!r}: 0 or more is wanted")
        for key in self.states:
            if key not in self._all_states():
                raise unknown_name(f"state of {self.name}:", key, self._all_states())

    @property
    def name(self) -> str:
        return f"{self.model.name}-{self.gradient.name}-{self.optimizer.name}"

    @property
    def start(self) -> dict[str, float]:
        """The initial weights by name. Raises UsageError where the init does not fit the model."""
        return dict(zip(self.model.weights, self.init.weights(self.model), strict=True))

    @property
    def state_starts(self) -> dict[str, float]:
        """The start of every state by column key, shared ones first: what is typed above the first row."""
        return {**self._all_states(), **self.states}

    def _all_states(self) -> dict[str, float]:
        begin = self.optimizer.begin
        shared = {key: begin.get(key, 0.0) for key in self.optimizer.shared if key != "ratio"}
        own = {f"{s}_{w}": begin.get(s, 0.0) for s in self.optimizer.states for w in self.model.weights}
        return {**shared, **own}

    @property
    def batch_rows(self) -> int:
        """How many rows make a step."""
        return len(self.data.rows()) if self.batch == "full" else self.batch

    def orders(self) -> tuple[tuple[int, ...], ...]:
        """For each epoch which rows of the data it takes, counted from 0, in order."""
        count = len(self.data.rows())
        plain = list(range(count))
        if self.shuffle is None:
            return (tuple(plain),) * self.epochs
        draw = random.Random(self.shuffle)
        return tuple(tuple(draw.sample(plain, count)) for _ in range(self.epochs))

    def rows(self) -> Rows:
        """The rows of all epochs in the order of training."""
        data = self.data.rows()
        return tuple(data[place] for order in self.orders() for place in order)


def _usual_data(model: Model) -> Data:
    if isinstance(model, Quartic):
        return Steps()
    return Iris() if isinstance(model, Mlp) else Graddesc()


def _fits(model: Model, data: Data) -> None:
    """Raise UsageError where a model cannot be trained on the data."""
    where = f"model '{model.name}' cannot be trained on data '{data.text()}'"
    inputs, targets = len(data.inputs), len(data.targets)
    if isinstance(model, Quartic):
        if not isinstance(data, Steps):
            raise UsageError(f"{where}: it has no data, only steps (steps:29)")
    elif isinstance(model, Mlp):
        if not data.classes:
            raise UsageError(f"{where}: it wants classes in the last column (iris, or a CSV file)")
        if (inputs, targets) != (model.widths[0], model.widths[-1]):
            wanted = f"{model.widths[0]} inputs and {model.widths[-1]} classes"
            raise UsageError(f"{where}: it wants {wanted}, the data have {inputs} and {targets}")
    elif isinstance(data, Steps):
        raise UsageError(f"{where}: it needs rows with x and y (graddesc, elbow, linear:N,SEED or a CSV file)")
    elif data.classes or inputs != 1:
        raise UsageError(f"{where}: it wants one input x and one number y, the data have {inputs} and {targets}")
