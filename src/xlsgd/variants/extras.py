"""Extras of a training: gradient clipping and learning-rate schedules.

Order within a row: the derivatives of this row (``da`` …), their mean over the batch, clipping, weight decay; what
comes out is the ``g`` of the optimizer. See :class:`~xlsgd.variants.variant.Variant` for batches and weight decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import UsageError, unknown_name
from .numbers import number, whole


@dataclass(frozen=True, slots=True)
class Clip:
    """Base of the clippings. ``usage`` shows how it is written on the command line."""

    name: ClassVar[str]
    usage: ClassVar[str]
    title: ClassVar[str]
    limit: float = 1.0

    def __post_init__(self) -> None:
        if not self.limit > 0:
            raise UsageError(f"clip '{self.text()}': the limit must be above 0")

    def text(self) -> str:
        """The clipping as it is written on the command line."""
        return f"{self.name}:{self.limit!r}"


@dataclass(frozen=True, slots=True)
class ClipValue(Clip):
    """Each derivative by itself: column ``clipped_w = MAX(MIN(g, limit), -limit)``."""

    name: ClassVar[str] = "value"
    usage: ClassVar[str] = "value:LIMIT"
    title: ClassVar[str] = "each derivative held between −limit and limit"


@dataclass(frozen=True, slots=True)
class ClipNorm(Clip):
    """All derivatives shortened together where their norm is above the limit. Pascanu et al., arXiv:1211.5063.

    Columns ``norm = SQRT(SUMSQ(g of all weights in order))``, ``scale = IF(norm = 0, 1, MIN(limit/norm, 1))``,
    ``clipped_w = g*scale``.
    """

    name: ClassVar[str] = "norm"
    usage: ClassVar[str] = "norm:LIMIT"
    title: ClassVar[str] = "derivatives shortened where their norm is above limit"


CLIPS: tuple[type[Clip], ...] = (ClipValue, ClipNorm)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Base of the schedules. All but the constant one have a column ``rate``, which is the ``lr`` of its row."""

    name: ClassVar[str]
    usage: ClassVar[str]
    title: ClassVar[str]

    def text(self) -> str:
        """The schedule as it is written on the command line."""
        return self.name


@dataclass(frozen=True, slots=True)
class Constant(Schedule):
    """The learning rate stays; no column."""

    name: ClassVar[str] = "constant"
    usage: ClassVar[str] = "constant"
    title: ClassVar[str] = "the learning rate stays"


@dataclass(frozen=True, slots=True)
class StepDecay(Schedule):
    """Every ``every`` epochs the rate is multiplied by ``factor``. torch.optim.lr_scheduler.StepLR.

    First row ``rate = lr``; first row of epoch n + 1 where n is a multiple of ``every``: ``rate = old_rate*factor``;
    all other rows ``rate = old_rate``.
    """

    name: ClassVar[str] = "step"
    usage: ClassVar[str] = "step:EVERY,FACTOR"
    title: ClassVar[str] = "every few epochs the learning rate is multiplied by a factor"
    every: int = 1
    factor: float = 0.1

    def __post_init__(self) -> None:
        if self.every < 1:
            raise UsageError(f"schedule '{self.text()}': at least 1 epoch is wanted")

    def text(self) -> str:
        return f"step:{self.every},{self.factor!r}"


@dataclass(frozen=True, slots=True)
class Cosine(Schedule):
    """Half a cosine from ``lr`` down to nearly 0, row by row. Loshchilov and Hutter, arXiv:1608.03983.

    ``rate = lr*(1 + COS(PI()*(step - 1)/rows))/2``, where step counts the rows from 1 and ``rows`` is their number in
    all epochs together. ``COS`` is the spreadsheet's (an argument between 0 and π).
    """

    name: ClassVar[str] = "cosine"
    usage: ClassVar[str] = "cosine"
    title: ClassVar[str] = "the learning rate follows half a cosine down to 0"


@dataclass(frozen=True, slots=True)
class Anneal(Schedule):
    """The annealing of graddesc: the rate is halved where the derivatives have grown from one epoch to the next.

    Column ``measure``: in the first row of every later epoch the sum over the weights, in order, of
    ``SQRT(SUMSQ(d))/COUNT(d)`` over the raw derivatives of all rows of the epoch before; in all other rows
    ``measure = old_measure``; typed start 0.
    Column ``rate``: first row ``lr``; first row of every later epoch
    ``rate = IF(AND(old_measure > 0, measure > growth*old_measure), old_rate*shrink, old_rate)``; else ``old_rate``.
    The macro of the sheet adagrad_ann compares two epochs like this and halves; that of adam_ann quarters.
    """

    name: ClassVar[str] = "anneal"
    usage: ClassVar[str] = "anneal[:GROWTH,SHRINK]"
    title: ClassVar[str] = "the learning rate is halved where the derivatives have grown (graddesc.xlsm)"
    growth: float = 2.0
    shrink: float = 0.5

    def text(self) -> str:
        return f"anneal:{self.growth!r},{self.shrink!r}"


SCHEDULES: tuple[type[Schedule], ...] = (Constant, StepDecay, Cosine, Anneal)


def parse_clip(text: str) -> Clip:
    """A clipping from ``value:1`` or ``norm:5``. Raises UsageError."""
    name, _, argument = text.partition(":")
    known = {clip.name: clip for clip in CLIPS}
    if name not in known:
        raise unknown_name("clip", name, known)
    return known[name](number(argument, f"clip '{text}' (wanted {known[name].usage})"))


def parse_schedule(text: str) -> Schedule:
    """A schedule from ``constant``, ``step:2,0.5``, ``cosine`` or ``anneal``. Raises UsageError."""
    name, _, argument = text.partition(":")
    known = {schedule.name: schedule for schedule in SCHEDULES}
    if name not in known:
        raise unknown_name("schedule", name, known)
    kind, where = known[name], f"schedule '{text}' (wanted {known[name].usage})"
    if not argument:
        return kind()
    first, comma, second = argument.partition(",")
    if kind is StepDecay:
        return StepDecay(whole(first, where), number(second, where) if comma else 0.1)
    if kind is Anneal:
        return Anneal(number(first, where), number(second, where) if comma else 0.5)
    raise UsageError(f"schedule '{name}' takes no value, got '{argument}'")
