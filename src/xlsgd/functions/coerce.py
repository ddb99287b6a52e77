"""Values into other values, as Excel does it where a function or an operator wants another kind.

Each gives a :class:`~xlsgd.values.CellError` where Excel does. Rules 7 and 10 of the calculation rules.
"""

from __future__ import annotations

from ..values import VALUE, CellError, Scalar
from .numbertext import number_to_text
from .textnumber import text_to_number


def to_number(value: Scalar) -> float | CellError:
    """A number; blank is 0, TRUE is 1, text is read as a number where it can be.

    >>> to_number("3"), to_number(True), to_number(None), to_number("a")
    (3.0, 1.0, 0.0, #VALUE!)
    """
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float | CellError):
        return value
    if value is None:
        return 0.0
    number = text_to_number(value)
    return VALUE if number is None else number


def to_integer(value: Scalar) -> int | CellError:
    """A whole number, cut off towards zero."""
    number = to_number(value)
    return number if isinstance(number, CellError) else int(number)


def to_toolpak_number(value: Scalar) -> float | CellError:
    """A number as functions of the former Analysis ToolPak take it: a logical is #VALUE! (measured).

    >>> to_toolpak_number("3"), to_toolpak_number(True), to_toolpak_number(None)
    (3.0, #VALUE!, 0.0)
    """
    return VALUE if isinstance(value, bool) else to_number(value)


def to_toolpak_integer(value: Scalar) -> int | CellError:
    """The same, cut off towards zero."""
    number = to_toolpak_number(value)
    return number if isinstance(number, CellError) else int(number)


def to_text(value: Scalar) -> str | CellError:
    """A text; blank is "", numbers as a cell in General format shows them.

    >>> to_text(0.1), to_text(True), to_text(None)
    ('0.1', 'TRUE', '')
    """
    if isinstance(value, str | CellError):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return number_to_text(value)


def to_logical(value: Scalar) -> bool | CellError:
    """A logical; numbers but 0 are TRUE, blank is FALSE, only the texts "true" and "false" (any case) count.

    >>> to_logical("tRue"), to_logical(2.0), to_logical("1")
    (True, True, #VALUE!)
    """
    if isinstance(value, bool | CellError):
        return value
    if isinstance(value, float):
        return value != 0.0
    if value is None:
        return False
    folded = value.casefold()
    return folded == "true" if folded in ("true", "false") else VALUE
