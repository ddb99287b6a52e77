"""What a value is: the IS functions, TYPE, ERROR.TYPE, N, NA."""

from ...values import NA, VALUE, Array, CellError, Lambda, Omitted, Reference, ReferenceArray, Scalar
from ..calls import single_or_array
from ..kinds import Anything, AnyValue, Context, Ref, Result, ToolpakNumber, Whole
from ..lookup.blocks import corner, simple
from ..meter import check_size
from ..registry import function


@function("NA")
def na() -> Result:
    """The error #N/A."""
    return NA


@function("ISNUMBER")
def isnumber(value: AnyValue) -> Result:
    """Whether a value is a number."""
    return isinstance(value, float)


@function("ISTEXT")
def istext(value: AnyValue) -> Result:
    """Whether a value is text."""
    return isinstance(value, str)


@function("ISNONTEXT")
def isnontext(value: AnyValue) -> Result:
    """Whether a value is no text; blanks and errors are none."""
    return not isinstance(value, str)


@function("ISLOGICAL")
def islogical(value: AnyValue) -> Result:
    """Whether a value is TRUE or FALSE."""
    return isinstance(value, bool)


@function("ISBLANK")
def isblank(value: AnyValue) -> Result:
    """Whether a cell is blank."""
    return value is None


@function("ISERROR")
def iserror(value: AnyValue) -> Result:
    """Whether a value is an error."""
    return isinstance(value, CellError)


@function("ISERR")
def iserr(value: AnyValue) -> Result:
    """Whether a value is an error other than #N/A."""
    return isinstance(value, CellError) and value is not NA


@function("ISNA")
def isna(value: AnyValue) -> Result:
    """Whether a value is #N/A."""
    return value is NA


@function("ISREF")
def isref(value: Anything) -> Result:
    """Whether an argument is a reference."""
    return isinstance(value, Reference | ReferenceArray)


@function("ISFORMULA")
def isformula(reference: Ref, *, context: Context) -> Result:
    """Whether cells hold formulas."""
    if len(reference.areas) > 1:
        return VALUE
    sheet, top, left, bottom, right = reference.areas[0]
    check_size(bottom - top + 1, right - left + 1)

    def holds(row: int, col: int) -> bool:
        return context.run.formula_text(sheet, row, col) is not None

    return simple(Array([[holds(row, col) for col in range(left, right + 1)] for row in range(top, bottom + 1)]))


@function("ISEVEN")
def iseven(number: ToolpakNumber) -> Result:
    """Whether a whole number is even."""
    return int(number) % 2 == 0


@function("ISODD")
def isodd(number: ToolpakNumber) -> Result:
    """Whether a whole number is odd."""
    return int(number) % 2 == 1


@function("N")
def n(value: Anything, *, context: Context) -> Result:
    """A number out of anything: of a range its first cell, of an array each element."""
    if isinstance(value, ReferenceArray):
        return Array([[_n(corner(one, context)) for one in row] for row in value.references])
    if isinstance(value, Array):
        return Array([[_n(one) for one in row] for row in value.rows])
    return _n(corner(value, context))


def _n(value: Scalar) -> Scalar:
    if isinstance(value, bool):
        return float(value)
    return value if isinstance(value, float | CellError) else 0.0


@function("TYPE")
def type_(value: Anything, *, context: Context, whole: Whole) -> Result:
    """1 number or blank, 2 text, 4 logical, 16 error, 64 array, 128 function."""
    if isinstance(value, Lambda):
        return 128
    if isinstance(value, Array):
        return 64
    if isinstance(value, Reference):
        value = single_or_array(value, context, whole)
        if isinstance(value, Array):
            return 64
    single = None if isinstance(value, Omitted) else corner(value, context)
    if isinstance(single, bool):
        return 4
    return 2 if isinstance(single, str) else 16 if isinstance(single, CellError) else 1


@function("ERROR.TYPE")
def error_type(value: AnyValue) -> Result:
    """An error's number, #N/A for what is no error."""
    return value.number if isinstance(value, CellError) else NA
