"""The free run of a block: its variant in NumPy with the workbook's own rows, starts and hyperparameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from ..errors import UsageError
from ..reference import Trace, train
from ..variants import Data, Typed, Variant
from .understand import Block
from .understand.base import Place

Number = Callable[[Place], float | None]
"""What a cell holds where it is a number."""

_BY_EPOCH = ("adagrad-epoch", "eve-graddesc", "eve")
_MODELS = ("linear", "linear2", "relu2")


@dataclass(frozen=True, slots=True)
class _Rows(Data):
    """The rows of a workbook."""

    name: ClassVar[str] = "workbook"
    usage: ClassVar[str] = "workbook"
    title: ClassVar[str] = "the rows of a workbook"
    given: tuple[tuple[float, ...], ...] = ()

    def rows(self) -> tuple[tuple[float, ...], ...]:
        return self.given


def free_trace(number: Number, block: Block) -> Trace | None:
    """The run of a block from its own start; None where variant, start or data are not known well enough.

    So it is with models other than the small ones, optimizers that go by epochs, and blocks that continue others.
    """
    variant = _variant(number, block)
    if variant is None:
        return None
    try:
        return train(variant)
    except UsageError:
        return None


def numbers(number: Number, block: Block, column: int) -> list[float | None]:
    """A column of a block (of one that trains to the right: a row), None for what is no number."""
    lines = range(block.first, block.last + 1)
    return [number((block.sheet, *((column, line) if block.across else (line, column)))) for line in lines]


def _variant(number: Number, block: Block) -> Variant | None:
    known = block.variant
    if known is None or block.loss != 1 or block.continues is not None:
        return None
    if known.model.name not in _MODELS or known.optimizer.name in _BY_EPOCH:
        return None
    inputs, targets = block.having("input"), block.having("target")
    if len(inputs) != 1 or len(targets) != 1:
        return None
    pairs = list(zip(*(numbers(number, block, one[0].col) for one in (inputs, targets)), strict=True))
    rows = tuple((x, y) for x, y in pairs if x is not None and y is not None)
    starts = [_start(number, block, block.weights_as.get(weight, "")) for weight in known.model.weights]
    states = _states(number, block, known)
    if len(rows) != len(pairs) or None in starts or states is None:
        return None
    typed = tuple(one for one in starts if one is not None)
    return replace(known, init=Typed(typed), data=_Rows(rows), states=states, epochs=1)


def _start(number: Number, block: Block, name: str) -> float | None:
    place = block.starts.get(name)
    return None if place is None else number(place)


def _states(number: Number, block: Block, variant: Variant) -> dict[str, float] | None:
    """The first states by the registry's key, such as ``m_a``; None where one is not known."""
    ours = {name: weight for weight, name in block.weights_as.items()}
    found: dict[str, float] = {}
    for column in block.having("state"):
        value = _start(number, block, column.name)
        if column.of in ours and value is not None:
            found[f"{column.kind}_{ours[column.of]}"] = value
    wanted = {f"{state}_{weight}" for state in variant.optimizer.states for weight in variant.model.weights}
    return {key: found[key] for key in wanted} if wanted <= found.keys() else None
