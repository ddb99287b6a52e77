"""Lookup and reference."""

from ..address import MAX_COL, MAX_ROW
from ..values import NA, REF, VALUE, Area, CellError, Reference
from .compare import compare
from .kinds import Anything, Context, Integer, Ref, Result, Value
from .kinds import Grid as GridArgument
from .registry import function


@function("OFFSET")
def offset(
    reference: Ref, rows: Integer, cols: Integer, height: Anything = None, width: Anything = None, *, context: Context
) -> Result:
    area = reference.areas[0]
    if len(reference.areas) > 1:
        return VALUE
    size = [_size(height, area.height, context), _size(width, area.width, context)]
    for number in size:
        if isinstance(number, CellError):
            return number
    top, bottom = _span(area.top + rows, int(size[0]))  # type: ignore[arg-type]  # errors returned above
    left, right = _span(area.left + cols, int(size[1]))  # type: ignore[arg-type]
    if 0 in size or top < 1 or left < 1 or bottom > MAX_ROW or right > MAX_COL:
        return REF
    return Reference((Area(area.sheet, top, left, bottom, right),))


def _size(argument: object, own: int, context: object) -> int | CellError:
    from ..values import OMITTED, Array
    from .calls import intersect
    from .coerce import to_integer

    if argument is None or argument is OMITTED:
        return own
    if isinstance(argument, Reference):
        area = argument.areas[0]
        single = area.height == area.width == 1
        argument = context.run.value(area.sheet, area.top, area.left) if single else intersect(argument, context)  # type: ignore
    if isinstance(argument, Array):
        argument = argument.rows[0][0]
    return to_integer(argument)  # type: ignore[arg-type]


def _span(start: int, size: int) -> tuple[int, int]:
    return (start, start + size - 1) if size > 0 else (start + size + 1, start)


@function("MATCH")
def match(value: Value, array: GridArgument, kind: Integer = 1) -> Result:
    if array.height > 1 and array.width > 1:
        return NA
    values = list(array.flat())
    if kind == 0:
        for position, candidate in enumerate(values):
            if not isinstance(candidate, CellError) and type(candidate) is type(value) and compare(value, candidate) == 0:
                return position + 1
        return NA
    found = NA if False else None
    for position, candidate in enumerate(values):
        if type(candidate) is type(value) and not isinstance(candidate, CellError):
            order = compare(candidate, value)
            if (order <= 0) if kind > 0 else (order >= 0):
                found = position + 1
            else:
                break
    return NA if found is None else found
