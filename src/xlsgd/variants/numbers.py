"""Numbers from text, with an error that says where they were wanted."""

from __future__ import annotations

import math

from ..errors import UsageError


def number(text: str, where: str) -> float:
    """A finite number. Raises UsageError that says where it was wanted."""
    try:
        value = float(text)
    except ValueError:
        raise UsageError(f"{where}: '{text}' is not a number") from None
    if not math.isfinite(value):
        raise UsageError(f"{where}: '{text}' is not a finite number")
    return value


def whole(text: str, where: str) -> int:
    """A whole number. Raises UsageError that says where it was wanted."""
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{where}: '{text}' is not a whole number") from None
