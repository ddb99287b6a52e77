"""Reductions over ranges of one shape, element by element: SUMPRODUCT, SUMXMY2 and kin, a row times a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...tagged import ERROR, UNSUPPORTED
from ...values import VALUE
from .accumulators import HIGH, State
from .builder import RARELY, Code, constant, error
from .canonical import Node
from .operations import finish
from .ranges import before_loop, over

if TYPE_CHECKING:
    from .emit import Emitter

_TOTAL = {"total": ("double", constant(0.0)), "lost": ("i64", "0")}


def zipped(to: Emitter, form: Node) -> str:
    """The value of a ``zip`` node. ``lost``: an unsupported value, which goes before all errors."""
    _, name, mode, domain, nodes = form
    for node in nodes:
        before_loop(to, node)
    flags = {f"error{place}": ("i64", "0") for place in range(len(nodes))}
    bad = {f"bad{place}": ("i1", "false") for place in range(len(nodes))}
    state = State.of(to, {**_TOTAL, **flags, **bad})
    counter = ""
    if mode == "running":
        counter = to.variable("i64")
        with to.elsewhere():
            state.reset(to.out)
            to.out.do(f"store i64 0, ptr {counter}")
    else:
        state.reset(to.out)
    element = to.known.nodes[domain]
    body = {"SUMPRODUCT": _multiply, "MMULT": _multiply}.get(name) or _pairs(_TERMS[name])
    over(to, element, lambda: body(to, state, _values(to, name, nodes)), counter)
    return _result(to.out, state, len(nodes), name == "MMULT")


def _values(to: Emitter, name: str, nodes: Sequence[int]) -> list[str]:
    if name != "MMULT":
        return [to.value(node) for node in nodes]
    first = to.value(nodes[0])
    down, across = to.element
    to.element = (across, down)
    with to.scope():
        return [first, to.value(nodes[1])]


def _multiply(to: Emitter, state: State, values: Sequence[str]) -> None:
    """One more product; what is no number counts as 0, errors and others are noted array by array."""
    code = to.out
    product = ""
    for place, value in enumerate(values):
        tag, end, start = code.label("tag"), code.label(), code.block
        code.branch(code.ins(f"fcmp ord double {value}, {value}"), end, tag, RARELY)
        code.start(tag)
        _note(code, state, f"error{place}", value)
        state.set(code, f"bad{place}", "true")
        noted = code.block
        code.go(end)
        code.start(end)
        factor = code.phi("double", [(value, start), (constant(0.0), noted)])
        product = code.ins(f"fmul double {product}, {factor}") if product else factor
    state.set(code, "total", code.ins(f"fadd double {state.get(code, 'total')}, {product}"))


def _note(code: Code, state: State, name: str, value: str) -> None:
    """Keep an error where it is the first, and an unsupported value."""
    tagged_bits = code.bits(value)
    high = code.ins(f"lshr i64 {tagged_bits}, 32")
    old, lost = state.get(code, name), state.get(code, "lost")
    failed = code.ins(f"icmp eq i64 {high}, {HIGH[ERROR]}")
    first = code.ins(f"and i1 {failed}, {code.ins(f'icmp eq i64 {old}, 0')}")
    state.set(code, name, code.ins(f"select i1 {first}, i64 {tagged_bits}, i64 {old}"))
    gone = code.ins(f"icmp eq i64 {high}, {HIGH[UNSUPPORTED]}")
    state.set(code, "lost", code.ins(f"select i1 {gone}, i64 {tagged_bits}, i64 {lost}"))


Term = Callable[[Code, str, str], str]


def _pairs(term: Term) -> Callable[[Emitter, State, Sequence[str]], None]:
    """One more pair; pairs in which one is no number are left out, the first error of either is kept."""

    def body(to: Emitter, state: State, values: Sequence[str]) -> None:
        code, (x, y) = to.out, values
        plain, tag, tag_y, first, second, end = (code.label() for _ in range(6))
        code.branch(code.ins(f"fcmp ord double {x}, {y}"), plain, tag, RARELY)
        code.start(plain)
        state.set(code, "total", code.ins(f"fadd double {state.get(code, 'total')}, {term(code, x, y)}"))
        code.go(end)
        code.start(tag)
        code.branch(code.is_tag(x), first, tag_y)
        code.start(first)
        _note(code, state, "error0", x)
        code.go(tag_y)
        code.start(tag_y)
        code.branch(code.is_tag(y), second, end)
        code.start(second)
        _note(code, state, "error0", y)
        code.go(end)
        code.start(end)

    return body


def _square(code: Code, value: str) -> str:
    return code.ins(f"fmul double {value}, {value}")


def _difference_squared(code: Code, x: str, y: str) -> str:
    return _square(code, code.ins(f"fsub double {x}, {y}"))


def _squares(operation: str) -> Term:
    return lambda code, x, y: code.ins(f"{operation} double {_square(code, x)}, {_square(code, y)}")


_TERMS: dict[str, Term] = {
    "SUMXMY2": _difference_squared,
    "SUMX2MY2": _squares("fsub"),
    "SUMX2PY2": _squares("fadd"),
}


def _result(code: Code, state: State, count: int, strict: bool) -> str:
    """The sum; before it the errors of the arrays in their order, where ``strict`` #VALUE! for what is no number."""
    value = finish(code, state.get(code, "total"))
    for place in reversed(range(count)):
        if strict:
            bad = state.get(code, f"bad{place}")
            value = code.ins(f"select i1 {bad}, double {error(VALUE)}, double {value}")
        value = _unless(code, state.get(code, f"error{place}"), value)
    return _unless(code, state.get(code, "lost"), value)


def _unless(code: Code, failed: str, value: str) -> str:
    none = code.ins(f"icmp eq i64 {failed}, 0")
    return code.ins(f"select i1 {none}, double {value}, double {code.ins(f'bitcast i64 {failed} to double')}")
