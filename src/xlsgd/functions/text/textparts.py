"""Text around delimiters: TEXTBEFORE, TEXTAFTER, TEXTSPLIT. Source: Microsoft, the page of each function."""

import math
import re

from ...values import CALC, NA, OMITTED, VALUE, Array, CellError, Lambda, Operand, Reference, Scalar
from ..coerce import to_logical, to_number, to_text
from ..kinds import Anything, Context, Number, OptionalNumber, Result, Text
from ..meter import check_size
from ..registry import function

_Found = tuple[int, int] | CellError | None


@function("TEXTBEFORE", blank_is_default=True)
def textbefore(
    text: Text,
    delimiter: Anything,
    instance: OptionalNumber = None,
    mode: Number = 0.0,
    match_end: Number = 0.0,
    if_not_found: Anything = NA,
    *,
    context: Context,
) -> Result:
    found = _instance(text, delimiter, instance, mode, match_end, context)
    if isinstance(found, CellError):
        return found
    return _absent(if_not_found, context) if found is None else text[: found[0]]


@function("TEXTAFTER", blank_is_default=True)
def textafter(
    text: Text,
    delimiter: Anything,
    instance: OptionalNumber = None,
    mode: Number = 0.0,
    match_end: Number = 0.0,
    if_not_found: Anything = NA,
    *,
    context: Context,
) -> Result:
    found = _instance(text, delimiter, instance, mode, match_end, context)
    if isinstance(found, CellError):
        return found
    return _absent(if_not_found, context) if found is None else text[found[1] :]


def _absent(value: Operand, context: Context) -> Operand:
    """What stands for no match; a blank cell is an empty text."""
    if value is OMITTED:
        return NA
    found = _values(value, context)[0] if isinstance(value, Reference) else value
    return "" if found is None else found


def _instance(
    text: str, delimiter: Operand, instance: float | None, mode: float, match_end: float, context: Context
) -> _Found:
    """Where the wanted delimiter begins and ends, counted from the end where ``instance`` is negative.

    A delimiter that cannot fit into the text is #VALUE! only where an instance was asked for, as Excel has it.
    """
    delimiters = _delimiters(delimiter, context)
    wanted = 1 if instance is None else math.floor(instance)
    if isinstance(delimiters, CellError):
        return delimiters
    if math.trunc(mode) not in (0, 1) or math.trunc(match_end) not in (0, 1) or wanted == 0:
        return VALUE
    if "" in delimiters:
        return (0, 0) if wanted > 0 else (len(text), len(text))
    room = max(len(text), 1)
    if instance is not None and (abs(wanted) > room or min(map(len, delimiters)) > room):
        return VALUE
    places = [found.span() for found in _pattern(delimiters, math.trunc(mode) == 1).finditer(text)]
    if math.trunc(match_end) == 1:
        places = [*places, (len(text), len(text))] if wanted > 0 else [(0, 0), *places]
    index = wanted - 1 if wanted > 0 else wanted + len(places)
    return places[index] if 0 <= index < len(places) else None


def _pattern(delimiters: list[str], any_case: bool) -> re.Pattern[str]:
    """Any of the delimiters, the longest first."""
    ordered = sorted(set(delimiters), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE if any_case else 0)


def _delimiters(value: Operand, context: Context) -> list[str] | CellError:
    texts = [to_text(element) for element in _values(value, context)]
    found = next((text for text in texts if isinstance(text, CellError)), None)
    return [str(text) for text in texts] if found is None else found


def _values(value: Operand, context: Context) -> list[Scalar]:
    if isinstance(value, Reference):
        return list(context.run.array(value).flat())
    if isinstance(value, Array):
        return list(value.flat())
    return [VALUE if isinstance(value, Lambda) else None if value is OMITTED else value]


@function("TEXTSPLIT")
def textsplit(
    text: Text,
    columns: Anything,
    rows: Anything = OMITTED,
    ignore_empty: Anything = False,
    mode: Anything = 0.0,
    pad: Anything = NA,
    *,
    context: Context,
) -> Result:
    """Rows are split first; short ones are filled up. Where nothing is left, the array is empty: #CALC!."""
    across, down = _splitter(columns, context), _splitter(rows, context)
    ignore, any_case = to_logical(_values(ignore_empty, context)[0]), to_number(_values(mode, context)[0])
    for problem in (across, down, ignore, any_case):
        if isinstance(problem, CellError):
            return problem
    if (across is None and down is None) or any_case not in (0.0, 1.0):
        return VALUE
    lines = _split(text, down, bool(ignore), any_case == 1.0)
    table = [_split(line, across, bool(ignore), any_case == 1.0) for line in lines]
    width = max((len(line) for line in table), default=0)
    if width == 0:
        return CALC
    check_size(len(table), width)
    filler = NA if pad is OMITTED else _values(pad, context)[0]
    return Array([[*line, *[filler] * (width - len(line))] for line in table])


def _splitter(value: Operand, context: Context) -> list[str] | CellError | None:
    """Delimiters; None where they were left out, #VALUE! where one is empty."""
    if value is OMITTED:
        return None
    delimiters = _delimiters(value, context)
    return VALUE if not isinstance(delimiters, CellError) and "" in delimiters else delimiters


def _split(text: Scalar, delimiters: list[str] | CellError | None, ignore: bool, any_case: bool) -> list[Scalar]:
    if delimiters is None or isinstance(delimiters, CellError):
        return [text]
    return [part for part in _pattern(delimiters, any_case).split(str(text)) if part or not ignore]
