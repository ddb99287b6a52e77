"""Operators and choices as LLVM IR: one cheap check behind each operation, everything unusual out of line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...functions.operators import SNAP
from ...tagged import BLANK, ERROR, bits
from ...values import LARGEST, NA, NUM, SMALLEST_NORMAL, CellError
from .builder import RARELY, Code, constant, error, pattern
from .canonical import FALSE, IS_BLANK, IS_ERROR, IS_LOGICAL, IS_NUMBER, IS_TEXT, TRUE, Node
from .slow_paths import CONVENTION

if TYPE_CHECKING:
    from .emit import Emitter

_OPCODES = {"add": (0, "fadd"), "sub": (1, "fsub"), "mul": (2, "fmul"), "div": (3, "fdiv")}
_TESTS = {"=": "oeq", "<>": "une", "<": "olt", "<=": "ole", ">": "ogt", ">=": "oge"}
_NORMAL = 1 << 53  # bits shifted left by one: the smallest exponent of a normal number
_NORMALS = 0x7FE << 53  # how many patterns of normal numbers follow
_HIGH_ERROR = bits(ERROR) >> 32


def emit(to: Emitter, node: int, form: Node) -> str:
    """The register of a node's value; code goes where the emitter stands."""
    kind = form[0]
    if kind in _OPCODES:
        return _arithmetic(to, form)
    if kind == "cell":
        return to.load(node, form)
    if kind == "el":
        return _element(to, form)
    if kind in ("num", "bool", "error", "blank"):
        return _constant(form)
    if kind in ("cmp", "not", "is"):
        return logical(to, node)
    if kind == "if":
        return _if(to, form)
    if kind in ("iferror", "ifna"):
        return _instead(to, form)
    if kind == "neg":
        return _negated(to, form[1])
    if kind == "finish":
        return _finished(to, to.value(form[1]))
    if kind in ("reduce", "zip"):
        from .ranges import reduction

        return reduction(to, form)
    from .functions import function

    return function(to, form)


def _constant(form: Node) -> str:
    if form[0] == "num":
        return constant(float.fromhex(form[1]))
    if form[0] == "bool":
        return pattern(TRUE if form[1] else FALSE)
    return pattern(bits(BLANK) if form[0] == "blank" else bits(ERROR, form[1]))


def _element(to: Emitter, form: Node) -> str:
    """The element of a range that the loop is at: ``to.element`` has the row and the column within the range."""
    _, sheet, top, _, left, _, _ = form
    code, (down, across) = to.out, to.element
    row = to.position(top) if down == "0" else code.ins(f"add nsw i64 {to.position(top)}, {down}")
    if across == "0":
        column = to.column(sheet, left)
    else:
        column = to.column_at(sheet, code.ins(f"add nsw i64 {to.position(left)}, {across}"))
    return code.ins(f"load double, ptr {code.ins(f'getelementptr double, ptr {column}, i64 {row}')}, align 8")


# Arithmetic


def _arithmetic(to: Emitter, form: Node) -> str:
    operation, one, two, snap = form
    number, name = _OPCODES[operation]
    a, b = arithmetic_operand(to, one), arithmetic_operand(to, two)
    code = to.out
    result = code.ins(f"{name} double {a}, {b}")
    doubled = code.ins(f"shl i64 {code.bits(result)}, 1")
    normal = code.ins(f"icmp ult i64 {code.ins(f'sub i64 {doubled}, {_NORMAL}')}, {_NORMALS}")
    odd, slow, end = code.label("odd"), code.label("slow"), code.label()
    choices = []
    if snap:
        large, tiny = code.label("large"), code.label("tiny")
        code.branch(normal, large, odd, RARELY)
        code.start(large)
        limit = code.ins(f"fmul double {_larger(code, a, b)}, {constant(SNAP)}")
        kept = code.ins(f"fcmp ogt double {magnitude(code, result)}, {limit}")
        choices.append((result, code.block))
        code.branch(kept, end, tiny, RARELY)
        code.start(tiny)
        choices.append((constant(0.0), tiny))
        code.go(end)
    else:
        choices.append((result, code.block))
        code.branch(normal, end, odd, RARELY)
    code.start(odd)
    small = code.ins(f"icmp ult i64 {doubled}, {_NORMAL}")
    choices.append((constant(0.0), odd))
    code.branch(small, end, slow)
    code.start(slow)
    to.wanted.add("arith")
    unusual = code.ins(f"call {CONVENTION} double @arith(i32 {number}, double {a}, double {b}, ptr %status)")
    choices.append((unusual, slow))
    code.go(end)
    code.start(end)
    return code.phi("double", choices)


def _larger(code: Code, a: str, b: str) -> str:
    one, two = magnitude(code, a), magnitude(code, b)
    return code.ins(f"select i1 {code.ins(f'fcmp ogt double {two}, {one}')}, double {two}, double {one}")


def magnitude(code: Code, number: str) -> str:
    """The absolute value of a number."""
    return code.ins(f"call double @llvm.fabs.f64(double {number})")


def arithmetic_operand(to: Emitter, node: int) -> str:
    """A value for arithmetic: a logical by calculation is 0 or 1 at once, all else is left to the check behind."""
    kinds = to.info(node).kinds
    return number(to, node) if not kinds & (IS_NUMBER | IS_BLANK | IS_TEXT) and kinds & IS_LOGICAL else to.value(node)


def number(to: Emitter, node: int) -> str:
    """A value as a number or an error."""
    kinds, form = to.info(node).kinds, to.known.nodes[node]
    if form[0] in ("cmp", "not", "is") and not _in_sight(to, node):
        return logical(to, node, constant(1.0), constant(0.0))
    value = to.value(node)
    return value if not kinds & ~(IS_NUMBER | IS_ERROR) else as_number(to, value)


def as_number(to: Emitter, value: str) -> str:
    """A tagged value as a number or an error; text sets the status."""
    code = to.out
    slow, end, start = code.label("slow"), code.label(), code.block
    code.branch(code.ins(f"fcmp ord double {value}, {value}"), end, slow, RARELY)
    code.start(slow)
    to.wanted.add("number")
    made = code.ins(f"call {CONVENTION} double @number(double {value}, ptr %status)")
    code.go(end)
    code.start(end)
    return code.phi("double", [(value, start), (made, slow)])


def _in_sight(to: Emitter, node: int) -> bool:
    return any(node in scope for scope in to.scopes)


def _negated(to: Emitter, node: int) -> str:
    """0 - x; an error stays one."""
    value = number(to, node)
    code = to.out
    result = code.ins(f"fsub double {constant(0.0)}, {value}")
    if not to.info(node).kinds & ~IS_NUMBER:
        return result
    return code.ins(f"select i1 {code.ins(f'fcmp ord double {value}, {value}')}, double {result}, double {value}")


def _finished(to: Emitter, value: str) -> str:
    """A value as a function gives it: tiny numbers are 0; what is no number stays as it is."""
    code = to.out
    size = magnitude(code, value)
    small = code.ins(f"fcmp olt double {size}, {constant(SMALLEST_NORMAL)}")
    large = code.ins(f"fcmp ogt double {size}, {constant(LARGEST)}")
    kept = code.ins(f"select i1 {large}, double {error(NUM)}, double {value}")
    return code.ins(f"select i1 {small}, double {constant(0.0)}, double {kept}")


def finish(code: Code, result: str, overflow: CellError = NUM) -> str:
    """The result of a calculation as a cell keeps it; infinities and NaNs are #NUM!."""
    size = magnitude(code, result)
    small = code.ins(f"fcmp olt double {size}, {constant(SMALLEST_NORMAL)}")
    fits = code.ins(f"fcmp ole double {size}, {constant(LARGEST)}")
    kept = code.ins(f"select i1 {fits}, double {result}, double {error(overflow)}")
    return code.ins(f"select i1 {small}, double {constant(0.0)}, double {kept}")


# Logic

Fails = list[tuple[str, str]]
"""Errors and the blocks that they come from."""


def logical(to: Emitter, node: int, true: str = pattern(TRUE), false: str = pattern(FALSE)) -> str:
    """A logical result as a value: TRUE and FALSE, or 1 and 0; or an error."""
    code = to.out
    yes, no, fail, end = (code.label(hint) for hint in ("yes", "no", "fail", "b"))
    fails: Fails = []
    branch(to, node, yes, no, fail, fails)
    choices = []
    for label, value in ((yes, true), (no, false)):
        code.start(label)
        code.go(end)
        choices.append((value, label))
    if fails:
        code.start(fail)
        choices.append((code.phi("double", fails), fail))
        code.go(end)
    code.start(end)
    return code.phi("double", choices)


def branch(to: Emitter, node: int, yes: str, no: str, fail: str, fails: Fails) -> None:
    """End the block: go on at ``yes`` or ``no`` as a value is true or false, at ``fail`` where it is an error."""
    form = to.known.nodes[node]
    if _in_sight(to, node) or form[0] not in ("cmp", "not", "is"):
        _branch_on_value(to, node, yes, no, fail, fails)
    elif form[0] == "not":
        branch(to, form[1], no, yes, fail, fails)
    elif form[0] == "is":
        _branch_on_kind(to, form, yes, no)
    else:
        _branch_on_order(to, form, yes, no, fail, fails)


def _branch_on_value(to: Emitter, node: int, yes: str, no: str, fail: str, fails: Fails) -> None:
    value, kinds = to.value(node), to.info(node).kinds
    code = to.out
    if kinds == IS_NUMBER:
        code.branch(code.ins(f"fcmp une double {value}, 0.0"), yes, no)
        return
    if not kinds & ~(IS_LOGICAL | IS_ERROR):
        other = code.label()
        code.branch(code.ins(f"icmp eq i64 {code.bits(value)}, {TRUE}"), yes, other)
        code.start(other)
        fails.append((value, other))
        code.branch(code.ins(f"icmp eq i64 {code.bits(value)}, {FALSE}"), no, fail, RARELY)
        return
    plain, slow = code.label(), code.label("slow")
    code.branch(code.ins(f"fcmp ord double {value}, {value}"), plain, slow)
    code.start(plain)
    code.branch(code.ins(f"fcmp une double {value}, 0.0"), yes, no)
    code.start(slow)
    to.wanted.add("truth")
    truth = code.ins(f"call {CONVENTION} double @truth(double {value}, ptr %status)")
    known = code.label()
    fails.append((truth, slow))
    code.branch(code.ins(f"fcmp ord double {truth}, {truth}"), known, fail, RARELY)
    code.start(known)
    code.branch(code.ins(f"fcmp une double {truth}, 0.0"), yes, no)


def _branch_on_order(to: Emitter, form: Node, yes: str, no: str, fail: str, fails: Fails) -> None:
    """Two values compared: at 15 digits where they are near each other, by kind where one is no number.

    The plain comparison is kept as a value up to the one branch, so that LLVM can do without it.
    """
    _, operator, one, two = form
    a, b = to.value(one), to.value(two)
    code = to.out
    near, slow, known, decided = (code.label(hint) for hint in ("near", "slow", "b", "decided"))
    distance = magnitude(code, code.ins(f"fsub double {a}, {b}"))
    limit = code.ins(f"fmul double {magnitude(code, a)}, {constant(1e-13)}")
    test = _TESTS[operator]
    choices = [(code.ins(f"fcmp {test} double {a}, {b}"), code.block)]
    code.branch(code.ins(f"fcmp ogt double {distance}, {limit}"), decided, near, RARELY)
    code.start(near)
    choices.append(("true" if operator in ("=", "<=", ">=") else "false", near))
    code.branch(code.ins(f"fcmp oeq double {a}, {b}"), decided, slow)
    code.start(slow)
    to.wanted.add("order")
    same15 = to.function("same15")
    order = code.ins(f"call {CONVENTION} double @order(double {a}, double {b}, ptr %status, ptr {same15})")
    fails.append((order, slow))
    code.branch(code.ins(f"fcmp ord double {order}, {order}"), known, fail, RARELY)
    code.start(known)
    choices.append((code.ins(f"fcmp {test} double {order}, 0.0"), known))
    code.go(decided)
    code.start(decided)
    code.branch(code.phi("i1", choices), yes, no)


_KINDS = {
    "ISNUMBER": (0,),
    "ISTEXT": (4,),
    "ISNONTEXT": (0, 1, 2, 3),
    "ISLOGICAL": (2,),
    "ISBLANK": (3,),
    "ISERROR": (1,),
    "ISERR": (1,),
    "ISNA": (1,),
}


def _branch_on_kind(to: Emitter, form: Node, yes: str, no: str) -> None:
    value = to.value(form[2])
    code = to.out
    kinds = _KINDS[form[1]]
    tag = code.label("tag")
    code.branch(code.is_tag(value), tag, yes if 0 in kinds else no)
    code.start(tag)
    to.wanted.add("kind")
    kind = code.ins(f"call {CONVENTION} i32 @kind(double {value}, ptr %status)")
    found = "false"
    for wanted in kinds:
        found = code.ins(f"or i1 {found}, {code.ins(f'icmp eq i32 {kind}, {wanted}')}")
    if form[1] in ("ISERR", "ISNA"):
        test = "eq" if form[1] == "ISNA" else "ne"
        na = code.ins(f"icmp {test} i64 {code.bits(value)}, {bits(ERROR, NA.number)}")
        found = code.ins(f"and i1 {found}, {na}")
    code.branch(found, yes, no)


# Choices


def _if(to: Emitter, form: Node) -> str:
    _, condition, then, otherwise = form
    code = to.out
    yes, no, fail, end = (code.label(hint) for hint in ("then", "else", "fail", "b"))
    fails: Fails = []
    branch(to, condition, yes, no, fail, fails)
    choices = []
    for label, chosen in ((yes, then), (no, otherwise)):
        code.start(label)
        with to.scope():
            value = to.value(chosen)
        choices.append((value, code.block))
        code.go(end)
    if fails:
        code.start(fail)
        choices.append((code.phi("double", fails), fail))
        code.go(end)
    code.start(end)
    return code.phi("double", choices)


def _instead(to: Emitter, form: Node) -> str:
    """IFERROR and IFNA: another value in place of an error."""
    kind, first, otherwise = form
    value = to.value(first)
    code = to.out
    if not to.info(first).kinds & IS_ERROR:
        return value
    tag, other, end = code.label("tag"), code.label("else"), code.label()
    choices = [(value, code.block)]
    code.branch(code.ins(f"fcmp ord double {value}, {value}"), end, tag)
    code.start(tag)
    pattern_bits = code.bits(value)
    if kind == "ifna":
        caught = code.ins(f"icmp eq i64 {pattern_bits}, {bits(ERROR, NA.number)}")
    else:
        caught = code.ins(f"icmp eq i64 {code.ins(f'lshr i64 {pattern_bits}, 32')}, {_HIGH_ERROR}")
    choices.append((value, tag))
    code.branch(caught, other, end)
    code.start(other)
    with to.scope():
        chosen = to.value(otherwise)
    choices.append((chosen, code.block))
    code.go(end)
    code.start(end)
    return code.phi("double", choices)
