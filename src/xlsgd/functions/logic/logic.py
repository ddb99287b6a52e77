"""Logic: IF and its kin, AND, OR, NOT. What is not chosen is not evaluated."""

from collections.abc import Sequence

from ...values import NA, OMITTED, VALUE, Array, CellError, Operand, Reference, Scalar
from ..calls import Thunk, broadcast, call, single_or_array
from ..compare import compare
from ..kinds import AllLogicals, AnyValue, Context, Lazy, Logical, Result, Whole
from ..registry import function, lookup


def _false() -> Operand:
    return False


@function("IF")
def if_(condition: Logical, then: Lazy, otherwise: Lazy = _false) -> Result:
    """One of two arguments, by a condition."""
    chosen = then() if condition else otherwise()
    return 0.0 if chosen is OMITTED else chosen


@function("IFERROR")
def iferror(value: AnyValue, otherwise: Lazy) -> Result:
    """A value, or something else where it is an error."""
    if not isinstance(value, CellError):
        return value
    chosen = otherwise()
    return 0.0 if chosen is OMITTED else chosen


@function("IFNA")
def ifna(value: AnyValue, otherwise: Lazy) -> Result:
    """A value, or something else where it is #N/A."""
    if value is not NA:
        return value
    chosen = otherwise()
    return 0.0 if chosen is OMITTED else chosen


@function("IFS")
def ifs(condition: Lazy, value: Lazy, *pairs: Lazy, context: Context, whole: Whole) -> Result:
    """A chain of IF: lifted over arrays, references stay references."""
    return NA if len(pairs) % 2 else _chain([condition, value, *pairs], context, whole)


def _chain(pairs: Sequence[Thunk], context: Context, whole: bool) -> Operand:
    if not pairs:
        return NA
    return _if([pairs[0], pairs[1], lambda: _chain(pairs[2:], context, whole)], context, whole)


def _if(thunks: Sequence[Thunk], context: Context, whole: bool) -> Operand:
    signature = lookup("IF")
    assert signature is not None
    return call(signature, thunks, context, whole)


@function("SWITCH")
def switch(value: Lazy, case: Lazy, result: Lazy, *rest: Lazy, context: Context, whole: Whole) -> Result:
    """The result beside the first case that the value equals."""
    wanted = _value(value(), context, whole)
    if isinstance(wanted, CellError):
        return wanted
    return _cases(wanted, [case, result, *rest], context, whole)


def _cases(wanted: Operand, rest: Sequence[Thunk], context: Context, whole: bool) -> Operand:
    """The cases from one on, as a chain of IF; a last thunk alone is the default."""
    if len(rest) < 2:
        return rest[0]() if rest else NA

    def matches() -> Operand:
        return _compared(wanted, _value(rest[0](), context, whole))

    return _if([matches, rest[1], lambda: _cases(wanted, rest[2:], context, whole)], context, whole)


def _compared(one: Operand, two: Operand) -> Operand:
    if isinstance(one, Array) or isinstance(two, Array):
        return broadcast(_same, one, two)  # type: ignore[arg-type]  # values
    return _same(one, two)  # type: ignore[arg-type]  # scalars


def _same(one: Scalar, two: Scalar) -> Scalar:
    for value in (one, two):
        if isinstance(value, CellError):
            return value
    return isinstance(one, bool) == isinstance(two, bool) and compare(one, two) == 0


def _value(operand: Operand, context: Context, whole: bool) -> Operand:
    if isinstance(operand, Reference):
        return single_or_array(operand, context, whole)
    return None if operand is OMITTED else operand


@function("AND")
def and_(logicals: AllLogicals) -> Result:
    """Whether all are TRUE."""
    return all(logicals) if logicals else VALUE


@function("OR")
def or_(logicals: AllLogicals) -> Result:
    """Whether one is TRUE."""
    return any(logicals) if logicals else VALUE


@function("XOR")
def xor(logicals: AllLogicals) -> Result:
    """Whether an odd number are TRUE."""
    return logicals.count(True) % 2 == 1 if logicals else VALUE


@function("NOT")
def not_(logical: Logical) -> Result:
    """The opposite."""
    return not logical


@function("TRUE")
def true() -> Result:
    """TRUE."""
    return True


@function("FALSE")
def false() -> Result:
    """FALSE."""
    return False
