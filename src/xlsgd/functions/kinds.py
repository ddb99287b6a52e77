"""Kinds of parameters: what a function takes, declared in the annotations of its body.

A body is a plain Python function over plain values; what its annotations say is done before it runs, in one place
(:mod:`xlsgd.functions.calls`): coercion, blanks, error precedence, implicit intersection and lifting over arrays.

Three families of kinds:

* scalar kinds (``Number`` … ``AnyValue``): one value; given an array, the function is lifted over its elements;
* whole kinds (``Numbers`` … ``Anything``): the argument as a whole, never lifted;
* ``All…`` kinds: this and all arguments that follow, gathered into one list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, TypeAlias

from ..values import Array, Lambda, Operand, Reference, Scalar
from .context import Context as _Context


class Kind(Enum):
    """How an argument is prepared for a body. The comments say what the body receives."""

    NUMBER = "number"  # float; text that reads as a number counts, blank is 0
    INTEGER = "integer"  # int, truncated towards zero
    TOOLPAK_NUMBER = "toolpak number"  # float; no logicals, no ranges: functions of the former Analysis ToolPak
    TOOLPAK_INTEGER = "toolpak integer"  # int, the same
    TEXT = "text"  # str; numbers as Excel shows them, blank is ""
    LOGICAL = "logical"  # bool; numbers other than 0 are TRUE, the texts "true" and "false" count
    VALUE = "value"  # any scalar but an error; blank is None
    ANY_VALUE = "any value"  # any scalar, errors included
    NUMBERS = "numbers"  # list[float]: one argument's numbers; text, logicals and blanks of cells and arrays skipped
    GRID = "grid"  # Array: one argument's values as they are, errors within
    MATRIX = "matrix"  # list[list[float]]: every element must be a number
    REFERENCE = "reference"  # Reference; anything else is #VALUE!
    ANYTHING = "anything"  # as evaluated: scalar, Array, Reference, Lambda, OMITTED; errors included
    LAMBDA = "lambda"  # Lambda; anything else is #VALUE!
    LAZY = "lazy"  # a Python function without arguments that evaluates the argument when called
    ALL_NUMBERS = "all numbers"  # list[float] of this and all further arguments
    ALL_NUMBERS_A = "all numbers a"  # the same as AVERAGEA counts: text of cells is 0, logicals are 0 and 1
    ALL_LOGICALS = "all logicals"  # list[bool] of this and all further arguments, as AND takes them
    ALL_VALUES = "all values"  # list[Item] of this and all further arguments, errors and blanks of scalars included
    CONTEXT = "context"  # not an argument: the formula's cell and the run
    WHOLE = "whole"  # not an argument: bool, whether ranges stay whole (array formulas) where one value is wanted


@dataclass(frozen=True, slots=True)
class ArrayArgument:
    """Mark for an argument that old formulas evaluate as an array (no implicit intersection), as in SUMPRODUCT."""


@dataclass(frozen=True, slots=True)
class Item:
    """One value of an ALL_VALUES argument; ``typed`` is True for what was not read from cells or an array."""

    value: Scalar
    typed: bool


Number = Annotated[float, Kind.NUMBER]
OptionalNumber = Annotated[float | None, Kind.NUMBER]  # for a parameter whose default is None
Integer = Annotated[int, Kind.INTEGER]
ToolpakNumber = Annotated[float, Kind.TOOLPAK_NUMBER]
ToolpakInteger = Annotated[int, Kind.TOOLPAK_INTEGER]
Text = Annotated[str, Kind.TEXT]
Logical = Annotated[bool, Kind.LOGICAL]
Value = Annotated[Scalar, Kind.VALUE]
AnyValue = Annotated[Scalar, Kind.ANY_VALUE]

Numbers = Annotated[list[float], Kind.NUMBERS]
ArrayNumbers = Annotated[list[float], Kind.NUMBERS, ArrayArgument()]
Grid = Annotated[Array, Kind.GRID]
ArrayGrid = Annotated[Array, Kind.GRID, ArrayArgument()]
Matrix = Annotated[list[list[float]], Kind.MATRIX, ArrayArgument()]
Ref = Annotated[Reference, Kind.REFERENCE]
Anything = Annotated[Operand, Kind.ANYTHING]
ArrayAnything = Annotated[Operand, Kind.ANYTHING, ArrayArgument()]
Function = Annotated[Lambda, Kind.LAMBDA]
Lazy = Annotated[Callable[[], Operand], Kind.LAZY]

AllNumbers = Annotated[list[float], Kind.ALL_NUMBERS]
AllArrayNumbers = Annotated[list[float], Kind.ALL_NUMBERS, ArrayArgument()]
AllNumbersA = Annotated[list[float], Kind.ALL_NUMBERS_A]
AllLogicals = Annotated[list[bool], Kind.ALL_LOGICALS]
AllValues = Annotated[list[Item], Kind.ALL_VALUES]
Context = Annotated[_Context, Kind.CONTEXT]
Whole = Annotated[bool, Kind.WHOLE]

Result: TypeAlias = Operand | int

TOOLPAK_KINDS = frozenset({Kind.TOOLPAK_NUMBER, Kind.TOOLPAK_INTEGER})
SCALAR_KINDS = TOOLPAK_KINDS | {Kind.NUMBER, Kind.INTEGER, Kind.TEXT, Kind.LOGICAL, Kind.VALUE, Kind.ANY_VALUE}
GATHERING_KINDS = frozenset({Kind.ALL_NUMBERS, Kind.ALL_NUMBERS_A, Kind.ALL_LOGICALS, Kind.ALL_VALUES})
