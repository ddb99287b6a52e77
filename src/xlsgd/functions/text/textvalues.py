"""Text made numbers: VALUE, NUMBERVALUE. Source: Microsoft, the page of each function."""

import re

from ...values import SMALLEST_NORMAL, VALUE
from ..kinds import Result, Text, Value
from ..registry import function
from ..textnumber import text_to_number

_NUMBER = re.compile(r"([+-]?)(\()?([0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,9}))?(\))?(%*)\Z")
_SPACE = re.compile(r"\s")
_LARGEST_POWER, _SMALLEST_POWER = 307, -309  # written exponents that NUMBERVALUE takes, as ClosedXML found in Excel


@function("VALUE")
def value(value: Value) -> Result:
    """Numbers pass, blanks are 0, logicals are no text."""
    if isinstance(value, str):
        number = text_to_number(value)
        return VALUE if number is None else number
    if isinstance(value, bool):
        return VALUE
    return value if isinstance(value, float) else 0.0


@function("NUMBERVALUE")
def numbervalue(text: Text, decimal: Text = ".", group: Text = ",") -> Result:
    """Of the separators the first characters count; spaces are left out everywhere; every ``%`` divides by 100."""
    if not decimal or not group or decimal[0] == group[0]:
        return VALUE
    plain = _SPACE.sub("", text)
    if not plain:
        return 0.0
    before, point, after = plain.partition(decimal[0])
    if group[0] in after:
        return VALUE
    found = _NUMBER.match(before.replace(group[0], "") + ("." if point else "") + after)
    if found is None or bool(found[2]) != bool(found[5]) or (found[1] and found[2]):
        return VALUE
    if found[4] and not _SMALLEST_POWER <= int(found[4]) <= _LARGEST_POWER:
        return VALUE
    number = float(f"{found[3]}e{found[4] or 0}")
    for _ in found[6]:
        number /= 100.0
    if number == float("inf"):
        return VALUE
    number = 0.0 if number < SMALLEST_NORMAL else number
    return -number if found[1] == "-" or found[2] else number
