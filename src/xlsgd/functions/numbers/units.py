"""Text as Excel counts it: in UTF-16 units, so that a character outside the basic plane (an emoji) counts as two."""

from __future__ import annotations

from collections.abc import Iterable

from ...values import VALUE, CellError

MAX_TEXT = 32_767
"""The longest text that a cell holds."""


def units(text: str) -> str:
    """A text with one character for each UTF-16 unit.

    >>> len(units("a\\N{GRINNING FACE}")), units("abc")
    (3, 'abc')
    """
    if text.isascii() or max(text) <= "\uffff":
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[index] | raw[index + 1] << 8) for index in range(0, len(raw), 2))


def from_units(text: str) -> str:
    """The text of UTF-16 units; pairs become one character again, half a pair stays as it is.

    >>> from_units(units("a\\N{GRINNING FACE}")) == "a\\N{GRINNING FACE}"
    True
    """
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def unit_length(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def bounded(text: str) -> str | CellError:
    """The text, #VALUE! where it is longer than a cell holds."""
    return text if 2 * len(text) <= MAX_TEXT or unit_length(text) <= MAX_TEXT else VALUE


def joined(parts: Iterable[str]) -> str | CellError:
    """The parts as one text, #VALUE! where it is longer than a cell holds; no more parts are taken than needed."""
    taken, size = [], 0
    for part in parts:
        size += len(part)
        if size > MAX_TEXT:
            return VALUE
        taken.append(part)
    return bounded("".join(taken))
