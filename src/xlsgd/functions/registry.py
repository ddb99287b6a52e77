"""The functions of Excel that are known, by name, with what their annotations declare.

A function is added by a body under ``@function("NAME")`` in a file of its family; a new file goes into FAMILIES.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args, get_origin

from .kinds import GATHERING_KINDS, SCALAR_KINDS, ArrayArgument, Kind

FAMILIES = (
    "aggregates.aggregation",
    "aggregates.conditional",
    "aggregates.database",
    "aggregates.subtotal",
    "aggregates.totals",
    "dates.dates",
    "dates.daycounts",
    "dates.workdays",
    "finance.annuities",
    "finance.depreciation",
    "finance.rates",
    "finance.treasury",
    "logic.cell",
    "logic.information",
    "logic.logic",
    "lookup.arrays",
    "lookup.formulatext",
    "lookup.indirect",
    "lookup.lambdas",
    "lookup.lookup",
    "lookup.references",
    "lookup.sorting",
    "numbers.bases",
    "numbers.bits",
    "numbers.combinatorics",
    "numbers.complex",
    "numbers.errorfunction",
    "numbers.math",
    "numbers.matrix",
    "numbers.numerals",
    "numbers.rounding",
    "numbers.series",
    "numbers.trigonometry",
    "statistics.beta",
    "statistics.chisquare",
    "statistics.continuous",
    "statistics.correlation",
    "statistics.discrete",
    "statistics.fisherf",
    "statistics.gamma",
    "statistics.normal",
    "statistics.ranks",
    "statistics.regression",
    "statistics.statistics",
    "statistics.studentt",
    "text.characters",
    "text.regex",
    "text.text",
    "text.textformat",
    "text.textparts",
    "text.textsearch",
    "text.textvalues",
)
"""The modules that hold functions, as ``folder.file``."""

_COMMON = ("numbers.math", "logic.logic", "aggregates.totals", "statistics.statistics", "numbers.rounding")
"""What most workbooks use: loaded first, and often alone."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``optional`` ones have a default; ``repeats``: any number of arguments, each of this kind."""

    name: str
    kind: Kind
    optional: bool
    default: Any
    repeats: bool
    array: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A function of Excel: its names, its body and how its arguments are prepared.

    differs: where it is known to differ from Excel, and by how much ("" where not). volatile: changes by itself.
    blank_is_default: an argument left out between commas means its default (else: blank). references: lifted over
    arrays it gives an array of references (OFFSET, INDIRECT), not of values.
    """

    name: str
    family: str
    body: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    context: bool
    least: int
    most: int
    lifted: bool
    differs: str
    volatile: bool
    blank_is_default: bool
    whole: bool = False
    references: bool = False

    def parameter(self, index: int) -> Parameter:
        """The parameter that takes the argument at an index, counted from 0."""
        return self.parameters[min(index, len(self.parameters) - 1)]


_known: dict[str, Signature] = {}


def function(
    *names: str,
    differs: str = "",
    volatile: bool = False,
    blank_is_default: bool = False,
    most: int = 255,
    references: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a body under one or more names. Its annotations are kinds (see :mod:`xlsgd.functions.kinds`)."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            if name in _known:
                raise ValueError(f"the function {name} is registered twice")
            signature = _signature(name, body, differs, volatile, blank_is_default, most)
            _known[name] = replace(signature, references=references)
        return body

    return register


def _signature(
    name: str, body: Callable[..., Any], differs: str, volatile: bool, blank_is_default: bool, limit: int
) -> Signature:
    parameters = [_parameter(name, parameter) for parameter in inspect.signature(body).parameters.values()]
    context = any(parameter.kind is Kind.CONTEXT for parameter in parameters)
    taken = tuple(parameter for parameter in parameters if parameter.kind not in (Kind.CONTEXT, Kind.WHOLE))
    least = sum(1 for p in taken if not p.optional and not p.repeats)
    endless = any(p.repeats or p.kind in GATHERING_KINDS for p in taken)
    return Signature(
        name,
        body.__module__.rpartition(".")[2],
        body,
        taken,
        context,
        least,
        limit if endless else len(taken),
        any(p.kind in SCALAR_KINDS for p in taken),
        differs,
        volatile,
        blank_is_default,
        any(parameter.kind is Kind.WHOLE for parameter in parameters),
    )


def _parameter(function_name: str, parameter: inspect.Parameter) -> Parameter:
    if get_origin(parameter.annotation) is not Annotated:
        raise TypeError(f"{function_name}: the parameter '{parameter.name}' is not annotated with a kind")
    _, *marks = get_args(parameter.annotation)
    optional = parameter.default is not inspect.Parameter.empty
    return Parameter(
        parameter.name,
        next(mark for mark in marks if isinstance(mark, Kind)),
        optional,
        parameter.default if optional else None,
        parameter.kind is inspect.Parameter.VAR_POSITIONAL,
        any(isinstance(mark, ArrayArgument) for mark in marks),
    )


def lookup(name: str) -> Signature | None:
    """A function by its name in capitals; None where it is not known. Loads families until it is found."""
    found = _known.get(name)
    while found is None and _waiting:
        _load()
        found = _known.get(name)
    return found


def functions() -> dict[str, Signature]:
    """All known functions by name; loads their families at the first call."""
    while _waiting:
        _load()
    return _known


def _load() -> None:
    importlib.import_module(f".{_waiting[0]}", __package__)
    del _waiting[0]


_waiting = [*_COMMON, *(family for family in FAMILIES if family not in _COMMON)]
