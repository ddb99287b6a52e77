"""Numbers in base 2, 8, 10 and 16, negative ones as two's complement of ten digits: BIN2DEC … OCT2HEX.

Source: Microsoft, the page of each function; bad input is #NUM! (measured).
"""

from typing import Annotated

from ...values import NUM, VALUE, CellError, Scalar
from ..coerce import to_number, to_text
from ..kinds import Kind, Result, Value
from ..registry import function

ToolpakPlaces = Annotated[float | None, Kind.TOOLPAK_NUMBER]

_PLACES = 10
_DIGITS = {2: "01", 8: "01234567", 16: "0123456789ABCDEF"}
_FORMATS = {2: "b", 8: "o", 16: "X"}


def _read(value: Scalar, base: int) -> int | CellError:
    if isinstance(value, bool):
        return VALUE
    text = to_text(0.0 if value is None else value)
    if isinstance(text, CellError):
        return text
    digits = text.upper()
    if len(digits) > _PLACES or any(digit not in _DIGITS[base] for digit in digits):
        return NUM
    number = int(digits or "0", base)
    return number - base**_PLACES if number >= base**_PLACES // 2 else number


def _decimal(value: Scalar) -> int | CellError:
    if isinstance(value, bool):
        return VALUE
    number = to_number(value)
    return number if isinstance(number, CellError) else int(number)


def _write(number: int | CellError, base: int, places: float | None) -> Result:
    width = None if places is None else int(places)
    if width is not None and not 0 < width <= _PLACES:
        return NUM
    if isinstance(number, CellError):
        return number
    whole = base**_PLACES
    if not -(whole // 2) <= number < whole // 2:
        return NUM
    if number < 0:
        return format(number + whole, _FORMATS[base])
    digits = format(number, _FORMATS[base])
    if width is None:
        return digits
    return NUM if len(digits) > width else digits.rjust(width, "0")


@function("BIN2DEC")
def bin2dec(number: Value) -> Result:
    return _read(number, 2)


@function("BIN2OCT")
def bin2oct(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_read(number, 2), 8, places)


@function("BIN2HEX")
def bin2hex(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_read(number, 2), 16, places)


@function("OCT2DEC")
def oct2dec(number: Value) -> Result:
    return _read(number, 8)


@function("OCT2BIN")
def oct2bin(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_read(number, 8), 2, places)


@function("OCT2HEX")
def oct2hex(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_read(number, 8), 16, places)


@function("HEX2DEC")
def hex2dec(number: Value) -> Result:
    return _read(number, 16)


@function("HEX2BIN")
def hex2bin(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_read(number, 16), 2, places)


@function("HEX2OCT")
def hex2oct(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_read(number, 16), 8, places)


@function("DEC2BIN")
def dec2bin(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_decimal(number), 2, places)


@function("DEC2OCT")
def dec2oct(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_decimal(number), 8, places)


@function("DEC2HEX")
def dec2hex(number: Value, places: ToolpakPlaces = None) -> Result:
    return _write(_decimal(number), 16, places)
