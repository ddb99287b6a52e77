"""Reductions as LLVM IR: SUM, MAX, AND and their like, from left to right and row by row.

A reduction keeps its state in variables. Its first part may be gone through once before the loop, or run on from
line to line (a range that grows); what follows is gone through on every line, from a copy of that state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .accumulators import REDUCERS, Reducer, State, result, take
from .builder import RARELY, constant
from .canonical import IS_TEXT, Node, operands
from .operations import logical, number
from .slow_paths import CONVENTION

if TYPE_CHECKING:
    from .emit import Emitter

Body = Callable[[], None]


def reduction(to: Emitter, form: Node) -> str:
    """The value of a ``reduce`` or ``zip`` node."""
    if form[0] == "zip":
        from .products import zipped

        return zipped(to, form)
    _, name, mode, parts = form
    reducer = REDUCERS[name]
    ready = [_prepared(to, reducer, part) for part in parts]
    state = State.of(to, reducer.start)
    rest = list(zip(parts, ready, strict=True))
    if mode == "line" or to.out is to.before:
        state.reset(to.out)
    else:
        state = _kept(to, mode, reducer, state, rest)
        rest = rest[1:]
    done = to.out.label()
    for place, (part, value) in enumerate(rest):
        _part(to, reducer, state, part, value)
        if place < len(rest) - 1:
            following = to.out.label()
            none = to.out.ins(f"icmp eq i64 {state.get(to.out, 'error')}, 0")
            to.out.branch(none, following, done, RARELY)
            to.out.start(following)
    to.out.go(done)
    to.out.start(done)
    return result(to.out, reducer, state)


def _kept(to: Emitter, mode: str, reducer: Reducer, state: State, rest: list[tuple[Node, str]]) -> State:
    """The state behind the first part, which is kept from line to line; a copy of it where more follows."""
    (part, value), *others = rest
    with to.elsewhere():
        state.reset(to.out)
        if mode == "once":
            _part(to, reducer, state, part, value)
    if mode == "running":
        counter = to.variable("i64")
        with to.elsewhere():
            to.out.do(f"store i64 0, ptr {counter}")
        _part(to, reducer, state, part, value, counter)
    if not others:
        return state
    copy = State.of(to, reducer.start)
    copy.copy(to.out, state)
    code, following = to.out, to.out.label()
    code.go(following)
    code.start(following)
    return copy


def _prepared(to: Emitter, reducer: Reducer, part: Node) -> str:
    """What must be known before a part's turn: the value of a typed part or of a cell."""
    if part[0] == "a":
        before_loop(to, part[2])
        return ""
    if part[0] == "c":
        return to.value(part[1])
    if reducer.logical:
        return logical(to, part[1], constant(1.0), constant(0.0))
    if reducer.counts == "all":
        value = to.value(part[1])
        if to.info(part[1]).kinds & IS_TEXT:
            to.wanted.add("kind")
            to.out.ins(f"call {CONVENTION} i32 @kind(double {value}, ptr %status)")
        return value
    return number(to, part[1])


def _part(to: Emitter, reducer: Reducer, state: State, part: Node, value: str, counter: str = "") -> None:
    code = to.out
    if part[0] == "c":
        take(code, reducer, state, value)
    elif part[0] == "a":
        element = part[2]
        over(to, to.known.nodes[part[1]], lambda: take(to.out, reducer, state, to.value(element)), counter)
    elif reducer.counts == "all":
        state.add_one(code)
    else:
        _typed(to, reducer, state, value)


def _typed(to: Emitter, reducer: Reducer, state: State, value: str) -> None:
    """A typed number; of an error COUNT takes no notice."""
    code = to.out
    plain, other, end = code.label(), code.label("tag"), code.label()
    code.branch(code.ins(f"fcmp ord double {value}, {value}"), plain, other, RARELY)
    code.start(plain)
    reducer.number(code, state, value)
    code.go(end)
    code.start(other)
    if not reducer.counts:
        state.fail(code, code.bits(value))
    code.go(end)
    code.start(end)


def before_loop(to: Emitter, node: int) -> None:
    """Emit what an expression of elements needs and what does not depend on the element."""
    if not to.info(node).each:
        to.value(node)
        return
    for child in operands(to.known.nodes[node]):
        before_loop(to, child)


def over(to: Emitter, domain: Node, body: Body, counter: str = "") -> None:
    """A loop over the elements of a range, row by row. ``counter``: a variable that keeps where a growing range is."""
    _, _, top, bottom, left, right, _ = domain
    if left == right:
        _count_to(to, top, bottom, lambda at: _at(to, (at, "0"), body), counter)
    elif top == bottom:
        _count_to(to, left, right, lambda at: _at(to, ("0", at), body), counter)
    else:
        across: Callable[[str], Callable[[str], None]] = lambda row: lambda at: _at(to, (row, at), body)  # noqa: E731
        _count_to(to, top, bottom, lambda row: _count_to(to, left, right, across(row)), counter)


def _at(to: Emitter, element: tuple[str, str], body: Body) -> None:
    before = to.element
    to.element = element
    with to.scope():
        body()
    to.element = before


def _count_to(to: Emitter, first: Node, last: Node, each: Callable[[str], None], counter: str = "") -> None:
    """Count from 0 (or from where the counter stands) to the distance of two places."""
    code = to.out
    size = code.ins(f"sub nsw i64 {to.position(last)}, {to.position(first)}")
    variable = counter or to.variable("i64")
    if not counter:
        code.do(f"store i64 0, ptr {variable}")
    head, inside, end = code.label("head"), code.label("each"), code.label()
    code.go(head)
    code.start(head)
    at = code.ins(f"load i64, ptr {variable}")
    code.branch(code.ins(f"icmp sle i64 {at}, {size}"), inside, end)
    code.start(inside)
    each(at)
    code.do(f"store i64 {code.ins(f'add nsw i64 {at}, 1')}, ptr {variable}")
    code.go(head)
    code.start(end)
