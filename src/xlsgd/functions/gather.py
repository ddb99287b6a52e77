"""Whole arguments gathered: the numbers, logicals or values of ranges, arrays and typed arguments.

What a range or an array holds is skipped or counted by kind; what is typed as an argument is coerced or rejected
(rule 11 of the calculation rules). The first error met, argument by argument and row by row, is the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..values import VALUE, Array, CellError, Lambda, Omitted, Operand, Reference, Scalar
from .coerce import to_logical, to_number
from .context import Context
from .kinds import Item, Kind


def scan(argument: Reference | Array, context: Context) -> Iterator[Scalar]:
    """The values of a reference (blank cells left out) or an array, row by row."""
    if isinstance(argument, Array):
        yield from argument.flat()
    else:
        for area in argument.areas:
            yield from context.run.scan(area)


def numbers(arguments: Sequence[Operand], context: Context, array: bool) -> list[float] | CellError:
    """The numbers of all arguments; text, logicals and blanks of cells and arrays are skipped."""
    found: list[float] = []
    for argument in arguments:
        if isinstance(argument, Reference | Array):
            for value in scan(argument, context):
                if type(value) is float:
                    found.append(value)
                elif isinstance(value, CellError):
                    return value
        else:
            number = to_number(_typed(argument))
            if isinstance(number, CellError):
                return number
            found.append(number)
    return found


def numbers_a(arguments: Sequence[Operand], context: Context, array: bool) -> list[float] | CellError:
    """The same, but text of cells counts as 0 and logicals as 0 and 1 (AVERAGEA, MAXA, …); arrays skip text."""
    found: list[float] = []
    for argument in arguments:
        if isinstance(argument, Reference | Array):
            for value in scan(argument, context):
                if isinstance(value, CellError):
                    return value
                if isinstance(value, str):
                    found.append(0.0)
                elif value is not None:
                    found.append(float(value))
        else:
            number = to_number(_typed(argument))
            if isinstance(number, CellError):
                return number
            found.append(number)
    return found


def logicals(arguments: Sequence[Operand], context: Context, array: bool) -> list[bool] | CellError:
    """Logicals as AND takes them: text that is no logical is skipped, typed or not (measured), blanks of cells too."""
    found: list[bool] = []
    for argument in arguments:
        if isinstance(argument, Reference | Array):
            for value in scan(argument, context):
                if isinstance(value, CellError):
                    return value
                if value is not None and not isinstance(value, str):
                    found.append(bool(value))
        else:
            logical = to_logical(_typed(argument))
            if isinstance(argument, CellError):
                return argument
            if not isinstance(logical, CellError):
                found.append(logical)
    return found


def values(arguments: Sequence[Operand], context: Context, array: bool) -> list[Item]:
    """Every value that is not a blank cell, errors included."""
    found: list[Item] = []
    for argument in arguments:
        if isinstance(argument, Reference | Array):
            found.extend(Item(value, False) for value in scan(argument, context))
        else:
            found.append(Item(_typed(argument), True))
    return found


def grid(argument: Operand, context: Context) -> Array | CellError:
    """One argument as an array, errors and blanks within."""
    if isinstance(argument, Reference):
        return context.run.array(argument) if len(argument.areas) == 1 else VALUE
    return argument if isinstance(argument, Array) else Array([[_typed(argument)]])


def matrix(argument: Operand, context: Context) -> list[list[float]] | CellError:
    """One argument as rows of numbers; the first error, else #VALUE! where an element is no number."""
    whole = grid(argument, context)
    if isinstance(whole, CellError):
        return whole
    problem: CellError | None = None
    for value in whole.flat():
        if isinstance(value, CellError):
            return value
        if type(value) is not float:
            problem = VALUE
    return problem if problem is not None else [[v for v in row if type(v) is float] for row in whole.rows]


def _typed(argument: Operand) -> Scalar:
    if isinstance(argument, Omitted):
        return None
    if isinstance(argument, Lambda | Reference | Array):
        return VALUE
    return argument


GATHER: dict[Kind, Callable[[Sequence[Operand], Context, bool], Any]] = {
    Kind.ALL_NUMBERS: numbers,
    Kind.ALL_NUMBERS_A: numbers_a,
    Kind.ALL_LOGICALS: logicals,
    Kind.ALL_VALUES: values,
}
