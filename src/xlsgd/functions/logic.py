"""Logic: IF and its kin, AND, OR, NOT."""

from ..values import NA, VALUE, CellError, Operand
from .coerce import to_logical
from .compare import compare
from .kinds import AllLogicals, AnyValue, Lazy, Logical, Result
from .registry import function


def _false() -> Operand:
    return False


def _blank() -> Operand:
    return None


@function("IF")
def if_(condition: Logical, then: Lazy, otherwise: Lazy = _false) -> Result:
    return then() if condition else otherwise()


@function("IFERROR")
def iferror(value: AnyValue, otherwise: Lazy) -> Result:
    return otherwise() if isinstance(value, CellError) else value


@function("IFNA")
def ifna(value: AnyValue, otherwise: Lazy) -> Result:
    return otherwise() if value is NA else value


@function("AND")
def and_(logicals: AllLogicals) -> Result:
    return all(logicals) if logicals else VALUE


@function("OR")
def or_(logicals: AllLogicals) -> Result:
    return any(logicals) if logicals else VALUE


@function("XOR")
def xor(logicals: AllLogicals) -> Result:
    return sum(logicals) % 2 == 1 if logicals else VALUE


@function("NOT")
def not_(logical: Logical) -> Result:
    return not logical


@function("TRUE")
def true() -> Result:
    return True


@function("FALSE")
def false() -> Result:
    return False


@function("IFS")
def ifs(*pairs: AnyValue) -> Result:
    if len(pairs) % 2:
        return NA
    for condition, value in zip(pairs[::2], pairs[1::2], strict=True):
        logical = to_logical(condition)
        if isinstance(logical, CellError):
            return logical
        if logical:
            return value
    return NA


@function("SWITCH")
def switch(value: AnyValue, *rest: AnyValue) -> Result:
    if isinstance(value, CellError):
        return value
    for case, result in zip(rest[::2], rest[1::2], strict=False):
        if isinstance(case, CellError):
            return case
        if compare(value, case) == 0 and (isinstance(value, bool) == isinstance(case, bool)):
            return result
    return rest[-1] if len(rest) % 2 else NA
