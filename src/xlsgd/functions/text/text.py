"""Text cut and put together: LEFT, MID, REPLACE, REPT, CONCAT, TEXTJOIN and their like.

Positions and lengths count UTF-16 units; LEFT and RIGHT keep the two halves of a character together. The functions for
bytes (LENB, …) count like the others, as Excel does with a western default language. Source: Microsoft, the page of
each function.
"""

import math

from ...values import CALC, OMITTED, VALUE, Array, CellError, Lambda, Operand, Reference, ReferenceArray, Scalar
from ..coerce import to_logical, to_text
from ..kinds import Anything, Context, Number, Result, Text
from ..lookup.blocks import corner
from ..numbers.units import MAX_TEXT, bounded, from_units, joined, unit_length, units
from ..registry import function

_MAX_INT = 2_147_483_647


@function("LEN", "LENB")
def length(text: Text) -> Result:
    return unit_length(text)


@function("LEFT", "LEFTB")
def left(text: Text, count: Number = 1.0) -> Result:
    return VALUE if count < 0 else text[: _whole(count)]


@function("RIGHT", "RIGHTB")
def right(text: Text, count: Number = 1.0) -> Result:
    if count < 0:
        return VALUE
    return text[max(len(text) - _whole(count), 0) :]


@function("MID", "MIDB")
def mid(text: Text, start: Number, count: Number) -> Result:
    if not 1 <= start <= _MAX_INT or not 0 <= count <= _MAX_INT:
        return VALUE
    first = _whole(start) - 1
    return from_units(units(text)[first : first + _whole(count)])


@function("REPLACE", "REPLACEB")
def replace(text: Text, start: Number, count: Number, new: Text) -> Result:
    if not 1 <= start < MAX_TEXT + 1 or not 0 <= count < MAX_TEXT + 1:
        return VALUE
    old, first = units(text), _whole(start) - 1
    return bounded(from_units(old[:first] + units(new) + old[first + _whole(count) :]))


@function("REPT")
def rept(text: Text, count: Number) -> Result:
    if not 0 <= count <= _MAX_INT or unit_length(text) * _whole(count) > MAX_TEXT:
        return VALUE
    return text * _whole(count)


@function("EXACT")
def exact(one: Text, two: Text) -> Result:
    return one == two


@function("TRIM")
def trim(text: Text) -> Result:
    """Only the space itself is trimmed, within the text too."""
    return " ".join(word for word in text.split(" ") if word)


@function("T")
def t(value: Anything, context: Context) -> Result:
    """Of a range the first cell counts; an array gives an array."""
    if isinstance(value, Reference):
        sheet, top, left_column, _, _ = value.areas[0]
        return _only_text(context.run.value(sheet, top, left_column))
    if isinstance(value, ReferenceArray):
        return Array([[_only_text(corner(one, context)) for one in row] for row in value.references])
    if isinstance(value, Array):
        return Array([[_only_text(element) for element in row] for row in value.rows])
    return VALUE if isinstance(value, Lambda) else "" if value is OMITTED else _only_text(value)


def _only_text(value: Operand) -> Scalar:
    return value if isinstance(value, str | CellError) else ""


@function("CONCATENATE")
def concatenate(*texts: Text) -> Result:
    return joined(texts)


@function("CONCAT")
def concat(*values: Anything, context: Context) -> Result:
    found = _texts(values, context)
    return found if isinstance(found, CellError) else joined(found)


@function("TEXTJOIN")
def textjoin(delimiter: Anything, ignore_empty: Anything, *values: Anything, context: Context) -> Result:
    """Several delimiters take turns; too long a text is #CALC! (not #VALUE!, as the page says)."""
    between = _texts([delimiter], context)
    if isinstance(between, CellError):
        return between
    ignore = _flag(ignore_empty, context)
    if isinstance(ignore, CellError):
        return ignore
    found = _texts(values, context)
    if isinstance(found, CellError):
        return found
    kept = [text for text in found if text or not ignore]
    last = len(kept) - 1
    result = joined(text + between[index % len(between)] * (index < last) for index, text in enumerate(kept))
    return CALC if isinstance(result, CellError) else result


def _flag(value: Operand, context: Context) -> bool | CellError:
    if value is OMITTED:
        return True
    found = _elements(value, context)
    return found if isinstance(found, CellError) else to_logical(found[0])


def _texts(values: list[Operand] | tuple[Operand, ...], context: Context) -> list[str] | CellError:
    """The texts of all values, cell by cell; the first error met is the result."""
    found: list[str] = []
    size = 0
    for value in values:
        elements = _elements(value, context)
        if isinstance(elements, CellError):
            return elements
        for element in elements:
            text = to_text(element)
            if isinstance(text, CellError):
                return text
            found.append(text)
            size += len(text)
        if size > 100 * MAX_TEXT:
            return VALUE
    return found


def _elements(value: Operand, context: Context) -> list[Scalar] | CellError:
    if isinstance(value, Reference):
        return list(context.run.array(value).flat()) if len(value.areas) == 1 else VALUE
    if isinstance(value, Array):
        return list(value.flat())
    return VALUE if isinstance(value, Lambda) else [None if value is OMITTED else value]


def _whole(count: float) -> int:
    return min(math.floor(count), _MAX_INT)
