"""Functions of numbers as LLVM IR: a table from names to rules, and calls of the scalar engine for all others.

A rule gets registers that hold numbers (no errors, no tags) and gives the result as a cell keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...values import DIV0, LARGEST, NUM, SMALLEST_NORMAL
from .builder import RARELY, Code, constant, error
from .canonical import Node
from .operations import finish, magnitude, number

if TYPE_CHECKING:
    from .emit import Emitter

Rule = Callable[["Emitter", Sequence[str]], str]


def function(to: Emitter, form: Node) -> str:
    """A function's value: the first argument that is an error wins, else its rule says."""
    kind = form[0]
    if kind == "powi":
        nodes, rule = form[1:2], _whole_power(form[2])
    elif kind == "power":
        nodes, rule = form[1:], _power
    elif kind == "python":
        nodes, rule = form[2:], _python(form[1])
    elif form[1] == "ROUND":
        nodes, rule = form[2:3], _round(int(float.fromhex(to.known.nodes[form[3]][1])))
    else:
        nodes, rule = form[2:], RULES[form[1]]
    values = [number(to, node) for node in nodes]
    code, end = to.out, to.out.label()
    choices = []
    for node, value in zip(nodes, values, strict=True):
        if to.info(node).kinds & ~1:
            following = code.label()
            choices.append((value, code.block))
            code.branch(code.ins(f"fcmp ord double {value}, {value}"), following, end, RARELY)
            code.start(following)
    result = rule(to, values)
    choices.append((result, code.block))
    code.go(end)
    code.start(end)
    return code.phi("double", choices)


def _python(name: str) -> Rule:
    """The scalar engine's own body, called back: its result is a value of any kind."""

    def rule(to: Emitter, values: Sequence[str]) -> str:
        pointer = to.function(f"{name}/{len(values)}")
        return to.out.ins(f"call double {pointer}({', '.join(f'double {value}' for value in values)})")

    return rule


def checked(code: Code, test: str, then: Callable[[], str], otherwise: str) -> str:
    """``then()`` where a test holds, else a constant."""
    yes, end, start = code.label(), code.label(), code.block
    code.branch(test, yes, end)
    code.start(yes)
    value = then()
    block = code.block
    code.go(end)
    code.start(end)
    return code.phi("double", [(otherwise, start), (value, block)])


def _finished(code: Code, result: str) -> str:
    """:func:`.operations.finish` behind a branch: most results are normal numbers."""
    end, odd, start = code.label(), code.label("odd"), code.block
    doubled = code.ins(f"shl i64 {code.bits(result)}, 1")
    normal = code.ins(f"icmp ult i64 {code.ins(f'sub i64 {doubled}, {1 << 53}')}, {0x7FE << 53}")
    code.branch(normal, end, odd, RARELY)
    code.start(odd)
    other = finish(code, result)
    code.go(end)
    code.start(end)
    return code.phi("double", [(result, start), (other, odd)])


def _whole_power(exponent: int) -> Rule:
    """Squared and multiplied from the lowest bit of the exponent; powers of 10 are the nearest doubles."""

    def rule(to: Emitter, values: Sequence[str]) -> str:
        code, base, left = to.out, values[0], exponent
        result = ""
        while left:
            if left & 1:
                result = code.ins(f"fmul double {result}, {base}") if result else base
            left >>= 1
            if left:
                base = code.ins(f"fmul double {base}, {base}")
        ten = code.ins(f"fcmp oeq double {values[0]}, {constant(10.0)}")
        power = code.ins(f"select i1 {ten}, double {constant(float(f'1e{exponent}'))}, double {result}")
        return _finished(code, power)

    return rule


def _absolute(to: Emitter, values: Sequence[str]) -> str:
    return _finished(to.out, magnitude(to.out, values[0]))


def _sign(to: Emitter, values: Sequence[str]) -> str:
    code = to.out
    above = code.ins(f"uitofp i1 {code.ins(f'fcmp ogt double {values[0]}, 0.0')} to double")
    below = code.ins(f"uitofp i1 {code.ins(f'fcmp olt double {values[0]}, 0.0')} to double")
    return code.ins(f"fsub double {above}, {below}")


def _sqrt(to: Emitter, values: Sequence[str]) -> str:
    code = to.out
    root: Callable[[], str] = lambda: _finished(code, code.ins(f"call double @llvm.sqrt.f64(double {values[0]})"))  # noqa: E731
    return checked(code, code.ins(f"fcmp oge double {values[0]}, 0.0"), root, error(NUM))


def _exp(to: Emitter, values: Sequence[str]) -> str:
    pointer = to.function("exp")
    return _finished(to.out, to.out.ins(f"call double {pointer}(double {values[0]})"))


def _int(to: Emitter, values: Sequence[str]) -> str:
    """The whole number below, unless the next one is so near that the first 15 digits decide."""
    code, value = to.out, values[0]
    below = code.ins(f"call double @llvm.floor.f64(double {value})")
    size = magnitude(code, value)
    room = code.ins(f"fsub double {code.ins(f'fadd double {below}, 1.0')}, {value}")
    clear = code.ins(f"fcmp ogt double {room}, {code.ins(f'fmul double {size}, {constant(1e-14)}')}")
    exact = code.ins(f"fcmp olt double {size}, {constant(1e14)}")
    return _or_python(to, "INT/1", code.ins(f"and i1 {clear}, {exact}"), lambda: finish(code, below), values)


def _round(places: int) -> Rule:
    """The nearest decimal, unless a half is so near that the first 15 digits decide."""

    def rule(to: Emitter, values: Sequence[str]) -> str:
        code, value, scale = to.out, values[0], constant(float(f"1e{places}"))
        scaled = code.ins(f"fmul double {magnitude(code, value)}, {scale}")
        whole = code.ins(f"call double @llvm.floor.f64(double {scaled})")
        rest = code.ins(f"fsub double {code.ins(f'fsub double {scaled}, {whole}')}, {constant(0.5)}")
        margin = code.ins(f"fadd double {code.ins(f'fmul double {scaled}, {constant(2e-14)}')}, {constant(1e-300)}")
        clear = code.ins(f"fcmp ogt double {magnitude(code, rest)}, {margin}")
        exact = code.ins(f"fcmp olt double {scaled}, {constant(1e14)}")

        def near() -> str:
            up = code.ins(f"uitofp i1 {code.ins(f'fcmp ogt double {rest}, 0.0')} to double")
            size = code.ins(f"fdiv double {code.ins(f'fadd double {whole}, {up}')}, {scale}")
            return finish(code, code.ins(f"call double @llvm.copysign.f64(double {size}, double {value})"))

        pair = [value, constant(float(places))]
        return _or_python(to, "ROUND/2", code.ins(f"and i1 {clear}, {exact}"), near, pair)

    return rule


def _or_python(to: Emitter, name: str, test: str, then: Callable[[], str], values: Sequence[str]) -> str:
    code = to.out
    fast, slow, end = code.label(), code.label("slow"), code.label()
    pointer = to.function(name)
    code.branch(test, fast, slow, RARELY)
    code.start(fast)
    quick, quick_block = then(), code.block
    code.go(end)
    code.start(slow)
    called = code.ins(f"call double {pointer}({', '.join(f'double {value}' for value in values)})")
    code.go(end)
    code.start(end)
    return code.phi("double", [(quick, quick_block), (called, slow)])


def _mod(to: Emitter, values: Sequence[str]) -> str:
    """The remainder of the C library with the divisor's sign, as Python's ``%`` has it."""
    code, (a, b) = to.out, values
    pointer = to.function("fmod")

    def within() -> str:
        limit = code.ins(f"fmul double {magnitude(code, b)}, {constant(1125900000000.0)}")
        small = code.ins(f"fcmp olt double {magnitude(code, a)}, {limit}")
        return checked(code, small, rest, error(NUM))

    def rest() -> str:
        left = code.ins(f"call double {pointer}(double {a}, double {b})")
        below, divisor_below = (code.ins(f"fcmp olt double {one}, 0.0") for one in (left, b))
        differ = code.ins(f"xor i1 {below}, {divisor_below}")
        some = code.ins(f"fcmp one double {left}, 0.0")
        moved = code.ins(f"fadd double {left}, {b}")
        return finish(
            code, code.ins(f"select i1 {code.ins(f'and i1 {differ}, {some}')}, double {moved}, double {left}")
        )

    return checked(code, code.ins(f"fcmp une double {b}, 0.0"), within, error(DIV0))


def _logarithm(name: str) -> Rule:
    def rule(to: Emitter, values: Sequence[str]) -> str:
        code = to.out
        to.wanted.add(name)
        pointers = _pointers(to, f"{name.replace('ln', 'log')}l", f"{name.upper()}/1")
        log: Callable[[], str] = lambda: finish(code, code.ins(f"call double @{name}(double {values[0]}, {pointers})"))  # noqa: E731
        return checked(code, code.ins(f"fcmp ogt double {values[0]}, 0.0"), log, error(NUM))

    return rule


def _pointers(to: Emitter, *names: str) -> str:
    return ", ".join(f"ptr {to.function(name)}" for name in names)


def _tanh(to: Emitter, values: Sequence[str]) -> str:
    to.wanted.add("tanh")
    pointers = _pointers(to, "exp", "logl", "LN/1")
    return _finished(to.out, to.out.ins(f"call double @tanh(double {values[0]}, {pointers})"))


def _power(to: Emitter, values: Sequence[str]) -> str:
    """A power that is no infinity and no NaN is finished here; of others the scalar engine knows what they are."""
    code, (base, exponent) = to.out, values
    to.wanted.add("power")
    pointers = _pointers(to, "exp", "logl", "LN/1", "^/2")
    return _raised(code, code.ins(f"call double @power(double {base}, double {exponent}, {pointers})"))


def _raised(code: Code, result: str) -> str:
    """Infinity is #NUM!; an error that was called back stays."""
    size = magnitude(code, result)
    large = code.ins(f"fcmp ogt double {size}, {constant(LARGEST)}")
    small = code.ins(f"fcmp olt double {size}, {constant(SMALLEST_NORMAL)}")
    kept = code.ins(f"select i1 {large}, double {error(NUM)}, double {result}")
    return code.ins(f"select i1 {small}, double {constant(0.0)}, double {kept}")


RULES: dict[str, Rule] = {
    "ABS": _absolute,
    "SIGN": _sign,
    "SQRT": _sqrt,
    "EXP": _exp,
    "LN": _logarithm("ln"),
    "LOG10": _logarithm("log10"),
    "INT": _int,
    "MOD": _mod,
    "TANH": _tanh,
}
