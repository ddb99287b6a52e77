"""Text that reads as a number, as ``VALUE`` and arithmetic take it."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def text_to_number(text: str) -> float | None:
    """The number that a text means, None where it is none.

    >>> text_to_number(" 12.5 "), text_to_number("abc")
    (12.5, None)
    """
    stripped = text.strip(" ")
    if _PLAIN.match(stripped):
        number = float(stripped)
        return number if abs(number) < float("inf") else None
    return None
