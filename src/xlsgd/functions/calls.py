"""Calls: arguments made ready as a signature declares, the body run, its result finished.

This is the one place for coercion, blanks, error precedence (arguments from left to right), implicit intersection
and lifting over arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..values import (
    LARGEST,
    NA,
    SMALLEST_NORMAL,
    VALUE,
    Array,
    CellError,
    Lambda,
    Omitted,
    Operand,
    Reference,
    ReferenceArray,
    Scalar,
    finish,
)
from . import gather
from .coerce import to_integer, to_logical, to_number, to_text, to_toolpak_integer, to_toolpak_number
from .context import Context
from .kinds import GATHERING_KINDS, SCALAR_KINDS, TOOLPAK_KINDS, Kind
from .meter import CALL, charge, check_size
from .registry import Parameter, Signature

Thunk = Callable[[], Operand]
"""An argument that is not evaluated yet."""


def _value(value: Scalar) -> Scalar:
    return value


_COERCE: dict[Kind, Callable[[Scalar], Any]] = {
    Kind.NUMBER: to_number,
    Kind.INTEGER: to_integer,
    Kind.TOOLPAK_NUMBER: to_toolpak_number,
    Kind.TOOLPAK_INTEGER: to_toolpak_integer,
    Kind.TEXT: to_text,
    Kind.LOGICAL: to_logical,
    Kind.VALUE: _value,
    Kind.ANY_VALUE: _value,
}


def call(signature: Signature, thunks: Sequence[Thunk], context: Context, array: bool) -> Operand:
    """The result of a function for arguments not yet evaluated. ``array``: ranges are not intersected.

    The number of arguments has been checked by the caller.
    """
    ready: list[Any] = []
    lifted = False
    for index, thunk in enumerate(thunks):
        parameter = signature.parameter(index)
        kind = parameter.kind
        if kind in GATHERING_KINDS:
            rest = gather.GATHER[kind]([late() for late in thunks[index:]], context, array)
            if isinstance(rest, CellError):
                return rest
            ready.append(rest)
            break
        if kind is Kind.LAZY:
            ready.append(thunk)
            continue
        operand = _toolpak_operand(thunk()) if kind in TOOLPAK_KINDS else thunk()
        if isinstance(operand, Omitted) and kind is not Kind.ANYTHING:
            operand = parameter.default if parameter.optional and signature.blank_is_default else None
            if operand is not None or (parameter.optional and signature.blank_is_default):
                ready.append(operand)
                continue
        argument = scalar_or_array(operand, context, array) if kind in SCALAR_KINDS else operand
        if isinstance(argument, Array) and kind in SCALAR_KINDS:
            lifted = True
        else:
            argument = _ready(kind, argument, context)
            if isinstance(argument, CellError) and kind not in (Kind.ANY_VALUE, Kind.ANYTHING) and not lifted:
                return argument
        ready.append(argument)
    if lifted:
        return _lift(signature, ready, context, array)
    return _run(signature, ready, context, array)


def _run(signature: Signature, ready: Sequence[Any], context: Context, array: bool) -> Operand:
    charge(CALL + sum([_length(one) for one in ready]))
    if signature.whole:
        result = signature.body(*ready, context=context, whole=array)
    elif signature.context:
        result = signature.body(*ready, context=context)
    else:
        result = signature.body(*ready)
    if type(result) is float:
        return finish(result)
    if type(result) is int:
        return finish(float(result))
    if type(result) is str:
        charge(len(result) >> 2)
    elif type(result) is Array:
        charge(_extent(result))
        _finish_elements(result)
    return result  # type: ignore[no-any-return]  # a body's result is an operand


def _length(argument: Any) -> int:
    """How many values a body may look at in one argument."""
    kind = type(argument)
    if kind is float:
        return 0
    if kind is str:
        return len(argument) >> 3
    return len(argument) if kind is list else argument.height * argument.width if kind is Array else 0


def _extent(array: Array) -> int:
    """The work that an array has been: its elements and the length of its texts."""
    return sum(len(row) + sum([len(value) >> 2 for value in row if type(value) is str]) for row in array.rows)


def _finish_elements(array: Array) -> None:
    """Numbers of an array that a cell cannot hold become what Excel has instead, in place."""
    for row in array.rows:
        for col, value in enumerate(row):
            if type(value) is float and (value == 0.0 or not SMALLEST_NORMAL <= abs(value) <= LARGEST):
                row[col] = finish(value)


def _toolpak_operand(operand: Operand) -> Operand:
    """Functions of the former Analysis ToolPak take no range of several cells, and #N/A is what was left out."""
    if isinstance(operand, Omitted):
        return NA
    if isinstance(operand, Reference):
        area = operand.areas[0]
        single = len(operand.areas) == area.height == area.width == 1
        return operand if single else VALUE
    return operand


def scalar_or_array(operand: Operand, context: Context, array: bool) -> Scalar | Array:
    """What an operand is where one value is wanted; ``array``: ranges stay whole."""
    if isinstance(operand, Reference):
        return single_or_array(operand, context, array)
    if isinstance(operand, Lambda):
        return VALUE
    return None if isinstance(operand, Omitted) else operand


def single_or_array(reference: Reference, context: Context, array: bool) -> Scalar | Array:
    """The value of one cell; of a range its array, or (in old formulas) its intersection with the formula's cell."""
    if len(reference.areas) == 1:
        area = reference.areas[0]
        if area.top == area.bottom and area.left == area.right:
            return context.run.value(area.sheet, area.top, area.left)
        if not array:
            return intersect(reference, context)
    elif not array:
        return VALUE
    return context.run.array(reference)


def intersect(reference: Reference, context: Context) -> Scalar:
    """Implicit intersection: the cell of a single row or column that stands in the formula's own column or row."""
    if len(reference.areas) != 1:
        return VALUE
    sheet, top, left, bottom, right = reference.areas[0]
    if left == right and top <= context.row <= bottom:
        return context.run.value(sheet, context.row, left)
    if top == bottom and left <= context.col <= right:
        return context.run.value(sheet, top, context.col)
    return context.run.value(sheet, top, left) if (top, left) == (bottom, right) else VALUE


def _ready(kind: Kind, argument: Any, context: Context) -> Any:
    if kind in _COERCE:
        return argument if isinstance(argument, CellError) else _COERCE[kind](argument)
    if kind is Kind.ANYTHING:
        return argument
    if isinstance(argument, CellError):
        return argument
    if kind is Kind.NUMBERS:
        return gather.numbers([argument], context, True)
    if kind is Kind.GRID:
        return gather.grid(argument, context)
    if kind is Kind.MATRIX:
        return gather.matrix(argument, context)
    wanted = Reference if kind is Kind.REFERENCE else Lambda
    return argument if isinstance(argument, wanted) else VALUE


def _lift(signature: Signature, ready: list[Any], context: Context, array: bool) -> Operand:
    """The function over the elements of its array arguments, broadcast to one shape; #N/A where one is too short."""
    parameters = [signature.parameter(index) for index in range(len(ready))]
    for index, parameter in enumerate(parameters):
        if parameter.kind is Kind.LAZY:
            ready[index] = scalar_or_array(ready[index](), context, True)
    spread = [isinstance(argument, Array) and _spreads(p) for argument, p in zip(ready, parameters, strict=True)]
    shapes = [argument.shape for argument, is_spread in zip(ready, spread, strict=True) if is_spread]
    height, width = max(shape[0] for shape in shapes), max(shape[1] for shape in shapes)
    check_size(height, width)

    def element(row: int, col: int) -> Operand:
        picked = [
            _pick(argument, row, col) if is_spread else argument
            for argument, is_spread in zip(ready, spread, strict=True)
        ]
        return _element(signature, parameters, picked, spread, context, array)

    results = [[element(row, col) for col in range(width)] for row in range(height)]
    if signature.references:
        return results[0][0] if not array or height == width == 1 else ReferenceArray.of(results)
    return Array([[_single(result, context) for result in row] for row in results])


def _single(result: Operand, context: Context) -> Scalar:
    """One result of a lifted function; of an array or a range the first value, as Excel has no arrays of arrays."""
    if isinstance(result, Reference):
        sheet, top, left, _, _ = result.areas[0]
        return context.run.value(sheet, top, left)
    if isinstance(result, Array):
        return result.rows[0][0]
    return VALUE if isinstance(result, Lambda | Omitted) else result


def _spreads(parameter: Parameter) -> bool:
    return parameter.kind in SCALAR_KINDS or parameter.kind is Kind.LAZY


def _element(
    signature: Signature,
    parameters: list[Parameter],
    picked: list[Any],
    spread: list[bool],
    context: Context,
    array: bool,
) -> Operand:
    ready: list[Any] = []
    for parameter, argument, is_spread in zip(parameters, picked, spread, strict=True):
        kind = parameter.kind
        if kind is Kind.LAZY:
            ready.append(_constant(argument))
            continue
        if kind in _COERCE and is_spread:
            argument = argument if isinstance(argument, CellError) else _COERCE[kind](argument)
        if isinstance(argument, CellError) and kind not in (Kind.ANY_VALUE, Kind.ANYTHING):
            charge(CALL)
            return argument
        ready.append(argument)
    return _run(signature, ready, context, array)


def _constant(value: Operand) -> Thunk:
    return lambda: value


def _pick(array: Array, row: int, col: int) -> Scalar:
    rows = array.rows
    if len(rows) == 1:
        row = 0
    if len(rows[0]) == 1:
        col = 0
    return rows[row][col] if row < len(rows) and col < len(rows[0]) else NA


def spread(function: Callable[[Sequence[Scalar]], Scalar], arguments: Sequence[Scalar | Array]) -> Scalar | Array:
    """A function of scalars over arguments of which some are arrays, broadcast to one shape; its results finished."""
    arrays = [argument for argument in arguments if isinstance(argument, Array)]
    if not arrays:
        return _finished(function([argument for argument in arguments if not isinstance(argument, Array)]))
    height, width = max(array.height for array in arrays), max(array.width for array in arrays)
    check_size(height, width)

    def element(row: int, col: int) -> Scalar:
        picked = [_pick(one, row, col) if isinstance(one, Array) else one for one in arguments]
        return _finished(function(picked))

    return Array([[element(row, col) for col in range(width)] for row in range(height)])


def _finished(value: Scalar) -> Scalar:
    return finish(value) if type(value) is float else value


def broadcast(operator: Callable[[Scalar, Scalar], Scalar], one: Scalar | Array, two: Scalar | Array) -> Array:
    """A binary operator over arrays (a scalar is spread over the other's shape)."""
    first = one if isinstance(one, Array) else Array([[one]])
    second = two if isinstance(two, Array) else Array([[two]])
    height, width = max(first.height, second.height), max(first.width, second.width)
    check_size(height, width)
    if first.shape == second.shape:
        pairs = zip(first.rows, second.rows, strict=True)
        return Array([[operator(a, b) for a, b in zip(x, y, strict=True)] for x, y in pairs])
    if second.shape == (1, 1):
        right = second.rows[0][0]
        return Array([[operator(value, right) for value in row] for row in first.rows])
    if first.shape == (1, 1):
        left = first.rows[0][0]
        return Array([[operator(left, value) for value in row] for row in second.rows])
    return Array(
        [[operator(_pick(first, row, col), _pick(second, row, col)) for col in range(width)] for row in range(height)]
    )
