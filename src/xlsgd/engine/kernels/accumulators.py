"""What reductions remember from value to value, and how each kind of value changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...tagged import BLANK, ERROR, LOGICAL, UNSUPPORTED, bits
from ...values import DIV0, VALUE
from .builder import RARELY, Code, constant, error, pattern
from .canonical import FALSE, TRUE
from .operations import finish

if TYPE_CHECKING:
    from .emit import Emitter

HIGH = {kind: bits(kind) >> 32 for kind in (ERROR, LOGICAL, BLANK, UNSUPPORTED)}
"""The upper half of a tagged value's bits, by kind."""


@dataclass(slots=True)
class State:
    """Variables by name; ``error`` (0: none) is the first error met, or an unsupported value, as bits."""

    variables: dict[str, tuple[str, str, str]]

    @classmethod
    def of(cls, to: Emitter, start: dict[str, tuple[str, str]]) -> State:
        """New variables, each with its kind and its start."""
        whole = {**start, "error": ("i64", "0")}
        return cls({name: (to.variable(kind), kind, first) for name, (kind, first) in whole.items()})

    def reset(self, code: Code) -> None:
        for place, kind, first in self.variables.values():
            code.do(f"store {kind} {first}, ptr {place}")

    def copy(self, code: Code, other: State) -> None:
        """Take over the values of another state."""
        for name, (place, kind, _) in self.variables.items():
            code.do(f"store {kind} {other.get(code, name)}, ptr {place}")

    def get(self, code: Code, name: str) -> str:
        place, kind, _ = self.variables[name]
        return code.ins(f"load {kind}, ptr {place}")

    def set(self, code: Code, name: str, value: str) -> None:
        place, kind, _ = self.variables[name]
        code.do(f"store {kind} {value}, ptr {place}")

    def fail(self, code: Code, tagged_bits: str) -> None:
        """An error: the first one counts."""
        old = self.get(code, "error")
        none = code.ins(f"icmp eq i64 {old}, 0")
        self.set(code, "error", code.ins(f"select i1 {none}, i64 {tagged_bits}, i64 {old}"))

    def add_one(self, code: Code) -> None:
        self.set(code, "count", code.ins(f"add i64 {self.get(code, 'count')}, 1"))


@dataclass(frozen=True, slots=True)
class Reducer:
    """A reduction over values. ``number``: what a number does; ``logical``: whether logicals of cells count (AND);
    ``counts``: what counts besides numbers ("", "errors skipped", "all"); ``result``: what comes out."""

    start: dict[str, tuple[str, str]]
    number: Callable[[Code, State, str], None]
    result: Callable[[Code, State], str]
    logical: bool = False
    counts: str = ""


def _sum(code: Code, state: State, value: str) -> None:
    state.set(code, "total", code.ins(f"fadd double {state.get(code, 'total')}, {value}"))


def _sum_of_squares(code: Code, state: State, value: str) -> None:
    _sum(code, state, code.ins(f"fmul double {value}, {value}"))


def _sum_and_count(code: Code, state: State, value: str) -> None:
    _sum(code, state, value)
    state.add_one(code)


def _product(code: Code, state: State, value: str) -> None:
    state.set(code, "total", code.ins(f"fmul double {state.get(code, 'total')}, {value}"))
    state.add_one(code)


def _count(code: Code, state: State, value: str) -> None:
    state.add_one(code)


def _extreme(test: str) -> Callable[[Code, State, str], None]:
    def number(code: Code, state: State, value: str) -> None:
        old = state.get(code, "best")
        better = code.ins(f"fcmp {test} double {value}, {old}")
        state.set(code, "best", code.ins(f"select i1 {better}, double {value}, double {old}"))
        state.add_one(code)

    return number


def _truth(operation: str) -> Callable[[Code, State, str], None]:
    def number(code: Code, state: State, value: str) -> None:
        one = code.ins(f"fcmp une double {value}, 0.0")
        state.set(code, "all", code.ins(f"{operation} i1 {state.get(code, 'all')}, {one}"))
        state.add_one(code)

    return number


def _if_any(code: Code, state: State, value: str, otherwise: str) -> str:
    none = code.ins(f"icmp eq i64 {state.get(code, 'count')}, 0")
    return code.ins(f"select i1 {none}, double {otherwise}, double {value}")


def _total(code: Code, state: State) -> str:
    return finish(code, state.get(code, "total"))


def _average(code: Code, state: State) -> str:
    count = code.ins(f"uitofp i64 {state.get(code, 'count')} to double")
    mean = finish(code, code.ins(f"fdiv double {state.get(code, 'total')}, {count}"))
    return _if_any(code, state, mean, error(DIV0))


def _counted(code: Code, state: State) -> str:
    return code.ins(f"uitofp i64 {state.get(code, 'count')} to double")


def _multiplied(code: Code, state: State) -> str:
    return _if_any(code, state, _total(code, state), constant(0.0))


def _best(code: Code, state: State) -> str:
    return _if_any(code, state, finish(code, state.get(code, "best")), constant(0.0))


def _verdict(code: Code, state: State) -> str:
    chosen = f"select i1 {state.get(code, 'all')}, double {pattern(TRUE)}, double {pattern(FALSE)}"
    return _if_any(code, state, code.ins(chosen), error(VALUE))


_COUNT = {"count": ("i64", "0")}
_TOTAL = {"total": ("double", constant(0.0))}
_INFINITY = float("inf")

REDUCERS: dict[str, Reducer] = {
    "SUM": Reducer(_TOTAL, _sum, _total),
    "SUMSQ": Reducer(_TOTAL, _sum_of_squares, _total),
    "AVERAGE": Reducer({**_TOTAL, **_COUNT}, _sum_and_count, _average),
    "PRODUCT": Reducer({"total": ("double", constant(1.0)), **_COUNT}, _product, _multiplied),
    "COUNT": Reducer(_COUNT, _count, _counted, counts="errors skipped"),
    "COUNTA": Reducer(_COUNT, _count, _counted, counts="all"),
    "MAX": Reducer({"best": ("double", constant(-_INFINITY)), **_COUNT}, _extreme("ogt"), _best),
    "MIN": Reducer({"best": ("double", constant(_INFINITY)), **_COUNT}, _extreme("olt"), _best),
    "AND": Reducer({"all": ("i1", "true"), **_COUNT}, _truth("and"), _verdict, logical=True),
    "OR": Reducer({"all": ("i1", "false"), **_COUNT}, _truth("or"), _verdict, logical=True),
    "XOR": Reducer({"all": ("i1", "false"), **_COUNT}, _truth("xor"), _verdict, logical=True),
}


def take(code: Code, reducer: Reducer, state: State, value: str) -> None:
    """A value of a cell or an array: numbers count, errors are kept, the rest as the reduction has it."""
    plain, tag, end = code.label(), code.label("tag"), code.label()
    code.branch(code.ins(f"fcmp ord double {value}, {value}"), plain, tag, RARELY)
    code.start(plain)
    reducer.number(code, state, value)
    code.go(end)
    code.start(tag)
    tagged_bits = code.bits(value)
    high = code.ins(f"lshr i64 {tagged_bits}, 32")
    cases = [(HIGH[UNSUPPORTED], "lost")]
    if reducer.counts == "all":
        cases += [(HIGH[BLANK], "")]
    elif not reducer.counts:
        cases += [(HIGH[ERROR], "failed")]
    if reducer.logical:
        cases += [(HIGH[LOGICAL], "logical")]
    labels = {hint: code.label(hint) for _, hint in cases if hint}
    other = code.label("counted") if reducer.counts == "all" else end
    arms = " ".join(f"i64 {kind}, label %{labels[hint] if hint else end}" for kind, hint in cases)
    code.do(f"switch i64 {high}, label %{other} [ {arms} ]")
    for hint, label in labels.items():
        code.start(label)
        if hint == "lost":
            state.set(code, "error", tagged_bits)
        elif hint == "failed":
            state.fail(code, tagged_bits)
        else:
            one = code.ins(f"uitofp i64 {code.ins(f'and i64 {tagged_bits}, 1')} to double")
            reducer.number(code, state, one)
        code.go(end)
    if reducer.counts == "all":
        code.start(other)
        state.add_one(code)
        code.go(end)
    code.start(end)


def result(code: Code, reducer: Reducer, state: State) -> str:
    """What a reduction comes to: its error, if there is one."""
    failed = state.get(code, "error")
    value = reducer.result(code, state)
    none = code.ins(f"icmp eq i64 {failed}, 0")
    return code.ins(f"select i1 {none}, double {value}, double {code.ins(f'bitcast i64 {failed} to double')}")
