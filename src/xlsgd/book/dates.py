"""Dates as a Strict workbook writes them (ISO 8601) to the serial numbers that Excel calculates with."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ..values import Scalar

_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_FIRST_OF_MARCH = datetime(1900, 3, 1)  # before it the serial is one less: Excel has a 29 February 1900
_DAY = timedelta(days=1)


def serial(text: str, date1904: bool = False) -> Scalar:
    """A date, a time or both as a serial number; the text itself where it is none of them.

    >>> serial("2024-03-01"), serial("2024-03-01T12:00:00Z"), serial("06:00:00"), serial("1900-01-01")
    (45352.0, 45352.5, 0.25, 1.0)
    """
    plain = text.strip().removesuffix("Z")
    try:
        moment = datetime.fromisoformat(plain).replace(tzinfo=None)
    except ValueError:
        return _time(plain, text)
    if date1904:
        return (moment - _EPOCH_1904) / _DAY
    return (moment - _EPOCH_1900) / _DAY - (moment < _FIRST_OF_MARCH)


def _time(plain: str, text: str) -> Scalar:
    try:
        moment = time.fromisoformat(plain).replace(tzinfo=None)
    except ValueError:
        return text
    return (datetime.combine(date.min, moment) - datetime.min) / _DAY
