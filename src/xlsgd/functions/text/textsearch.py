"""Text sought and replaced: FIND, SEARCH, SUBSTITUTE. Source: Microsoft, the page of each function."""

import math
import re
from functools import lru_cache

from ...values import VALUE
from ..kinds import Number, Result, Text
from ..meter import charge
from ..numbers.units import MAX_TEXT, bounded, from_units, units
from ..registry import function

_MAX_INT = 2_147_483_647


@function("FIND", "FINDB")
def find(wanted: Text, text: Text, start: Number = 1.0) -> Result:
    within, first = units(text), math.floor(start) - 1
    if not 0 <= first <= len(within):
        return VALUE
    place = within.find(units(wanted), first)
    return VALUE if place < 0 else place + 1


@function("SEARCH", "SEARCHB")
def search(wanted: Text, text: Text, start: Number = 1.0) -> Result:
    """Takes no notice of case and knows the wildcards ``?``, ``*`` and ``~``."""
    within, first = units(text), math.floor(start) - 1
    if not 0 <= first < len(within):
        return VALUE
    charge(len(within) * len(wanted) >> 5)
    pieces = _pieces(units(wanted))
    found = pieces[0].search(within, first)
    if found is None:
        return VALUE
    place = found.end()
    for piece in pieces[1:]:
        later = piece.search(within, place)
        if later is None:
            return VALUE
        place = later.end()
    return found.start() + 1


@lru_cache(maxsize=512)
def _pieces(wanted: str) -> list[re.Pattern[str]]:
    """What stands between the stars, as regular expressions: found one behind the other, the text matches."""
    pieces, place = [""], 0
    while place < len(wanted):
        character = wanted[place]
        if character == "~":
            place += 1
            pieces[-1] += re.escape(wanted[place : place + 1])
        elif character == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if character == "?" else re.escape(character)
        place += 1
    return [re.compile(piece, re.IGNORECASE | re.DOTALL) for piece in pieces]


@function("SUBSTITUTE")
def substitute(text: Text, old: Text, new: Text, occurrence: Number = math.inf) -> Result:
    """One occurrence is counted with overlaps: the third "AA" in "AAAA" begins at its third letter."""
    if occurrence == math.inf:
        if not old:
            return text
        return VALUE if text.count(old) * len(new) > MAX_TEXT else bounded(text.replace(old, new))
    if not 1 <= occurrence < _MAX_INT:
        return VALUE
    within, sought = units(text), units(old)
    place = -1
    for _ in range(math.floor(occurrence) if sought else 0):
        place = within.find(sought, place + 1)
        if place < 0:
            return text
    if place < 0:
        return text
    return bounded(from_units(within[:place] + units(new) + within[place + len(sought) :]))
