"""Numbers made text: TEXT, FIXED, DOLLAR, VALUETOTEXT, ARRAYTOTEXT. Source: Microsoft, the page of each function."""

import math
from collections.abc import Iterator
from itertools import chain

from ...values import VALUE, Array, CellError, Scalar
from ..coerce import to_text
from ..kinds import AnyValue, Context, Grid, Logical, Number, Result, Text, Value
from ..numbers.units import bounded, joined
from ..numbertext import number_to_text, significant
from ..registry import function
from ..textnumber import text_to_number
from .formatnumber import shifted
from .formatvalue import format_value

MAX_PLACES = 127


@function("TEXT", differs="eras, the Hijri calendar and month and day names of other languages are not known")
def text(value: Value, code: Text, context: Context) -> Result:
    """Text that reads as a number is formatted as one; logicals are text."""
    shown: float | str
    if isinstance(value, bool):
        shown = "TRUE" if value else "FALSE"
    elif isinstance(value, str):
        number = text_to_number(value)
        shown = value if number is None else number
    else:
        shown = value if isinstance(value, float) else 0.0
    result = format_value(shown, code, context.run.book.settings.date1904)
    return VALUE if result is None else result


def fixed_text(number: float, places: float, commas: bool) -> str | CellError:
    """A number rounded to decimals (places below 0: before the point), with a minus sign where it is not zero."""
    if places >= MAX_PLACES + 1:
        return VALUE
    count = max(math.trunc(places), -400)
    digits = significant(number)
    value = shifted(digits, count)
    shown = str(value * 10**-count) if count < 0 else str(value).rjust(count + 1, "0")
    whole, behind = (shown, "") if count <= 0 else (shown[:-count], "." + shown[-count:])
    whole = f"{int(whole):,}" if commas else whole
    return ("-" if digits.negative and value else "") + whole + behind


@function("FIXED")
def fixed(number: Number, places: Number = 2.0, no_commas: Logical = False) -> Result:
    return fixed_text(number, places, not no_commas)


@function("DOLLAR")
def dollar(number: Number, places: Number = 2.0) -> Result:
    shown = fixed_text(number, places, True)
    if isinstance(shown, CellError):
        return shown
    return f"(${shown[1:]})" if shown.startswith("-") else "$" + shown


def _written(value: Scalar, strict: bool) -> str:
    """A value as VALUETOTEXT writes it: ``strict`` puts text in quotes, as in a formula."""
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"' if strict else value
    if isinstance(value, float):
        return number_to_text(value)
    return str(to_text(value))


@function("VALUETOTEXT")
def valuetotext(value: AnyValue, form: Number = 0.0) -> Result:
    if math.trunc(form) not in (0, 1):
        return VALUE
    return bounded(_written(value, math.trunc(form) == 1))


@function("ARRAYTOTEXT")
def arraytotext(array: Grid, form: Number = 0.0) -> Result:
    """Concise: the values with a comma and a space between; strict: an array constant."""
    if math.trunc(form) not in (0, 1):
        return VALUE
    strict = math.trunc(form) == 1
    listed = _listed(array, strict)
    return joined(chain("{", listed, "}") if strict else listed)


def _listed(array: Array, strict: bool) -> Iterator[str]:
    for row_index, row in enumerate(array.rows):
        for index, value in enumerate(row):
            if index or row_index:
                yield ", " if not strict else "," if index else ";"
            yield _written(value, strict)
