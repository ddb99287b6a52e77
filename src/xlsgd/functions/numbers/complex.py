"""Complex numbers, which Excel keeps as texts such as "3+4i" with parts of 15 digits: COMPLEX, IM….

Sources: Microsoft, the page of each function; IMSQRT and IMPOWER go through the polar form (measured).
"""

import cmath
import math
import re
from collections.abc import Callable

from ...values import LARGEST, NUM, VALUE, CellError, Scalar
from ..coerce import to_text
from ..context import NoAnswer
from ..gather import grid
from ..kinds import AllValues, Anything, Context, Number, Result, Text, Value
from ..numbertext import number_to_text
from ..registry import function

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?"
_Parts = tuple[complex, str]


def _read(value: Scalar) -> _Parts | CellError:
    """The number and its suffix, "" where it has none."""
    if isinstance(value, bool):
        return VALUE
    text = "0" if value is None else to_text(value)
    if isinstance(text, CellError):
        return text
    if re.fullmatch(rf"[+-]?(?:{_NUMBER})?[ij]", text):
        return complex(0.0, _imaginary(text[:-1])), text[-1]
    found = re.fullmatch(rf"([+-]?{_NUMBER})(?:([+-](?:{_NUMBER})?)([ij]))?", text, re.IGNORECASE)
    if found is None or found[3] in ("I", "J"):
        return NUM
    return complex(float(found[1]), _imaginary(found[2]) if found[3] else 0.0), found[3] or ""


def _imaginary(text: str) -> float:
    return float(text + "1") if text in ("", "+", "-") else float(text)


def _write(number: complex, suffix: str) -> str | CellError:
    if not (abs(number.real) <= LARGEST and abs(number.imag) <= LARGEST):
        return NUM
    real = number_to_text(number.real + 0.0)
    if number.imag == 0.0:
        return real
    imaginary = number_to_text(number.imag)
    part = {"1": "", "-1": "-"}.get(imaginary, imaginary) + (suffix or "i")
    if number.real == 0.0:
        return part
    return real + part if part.startswith("-") else f"{real}+{part}"


def _map(body: Callable[[complex], complex], value: Scalar) -> Result:
    read = _read(value)
    if isinstance(read, CellError):
        return read
    try:
        return _write(body(read[0]), read[1])
    except (ValueError, OverflowError, ZeroDivisionError):
        return NUM


def _pair(body: Callable[[complex, complex], complex], one: Scalar, two: Scalar) -> Result:
    first, second = _read(one), _read(two)
    if isinstance(first, CellError):
        return first
    if isinstance(second, CellError):
        return second
    if first[1] and second[1] and first[1] != second[1]:
        return VALUE
    try:
        return _write(body(first[0], second[0]), first[1] or second[1])
    except (ValueError, OverflowError, ZeroDivisionError):
        return NUM


def _fold(body: Callable[[complex, complex], complex], values: list[Scalar]) -> Result:
    total, suffix = complex(0.0), ""
    for index, value in enumerate(values):
        read = _read(value)
        if isinstance(read, CellError):
            return read
        if suffix and read[1] and read[1] != suffix:
            return VALUE
        suffix = suffix or read[1]
        total = body(total, read[0]) if index else read[0]
    return _write(total, suffix)


def _polar(number: complex, exponent: float) -> complex:
    size, angle = abs(number) ** exponent, cmath.phase(number) * exponent
    return complex(size * math.cos(angle), size * math.sin(angle))


def _product(one: complex, two: complex) -> complex:
    return complex(one.real * two.real - one.imag * two.imag, one.real * two.imag + one.imag * two.real)


def _quotient(one: complex, two: complex) -> complex:
    below = two.real * two.real + two.imag * two.imag
    above = _product(one, two.conjugate())
    return complex(above.real / below, above.imag / below)


def _cotangent(number: complex) -> complex:
    """Without the loss of digits of cos/sin far from the real axis (measured)."""
    sine, sinh = math.sin(number.real), math.sinh(number.imag)
    below = sine * sine + sinh * sinh
    return complex(sine * math.cos(number.real) / below, -sinh * math.cosh(number.imag) / below)


@function("COMPLEX")
def complex_(real: Number, imaginary: Number, suffix: Text = "i") -> Result:
    return _write(complex(real, imaginary), suffix or "i") if suffix in ("i", "j", "") else VALUE


@function("IMREAL")
def imreal(number: Value) -> Result:
    read = _read(number)
    return read if isinstance(read, CellError) else read[0].real


@function("IMAGINARY")
def imaginary(number: Value) -> Result:
    read = _read(number)
    return read if isinstance(read, CellError) else read[0].imag


@function("IMABS")
def imabs(number: Value) -> Result:
    read = _read(number)
    return read if isinstance(read, CellError) else math.hypot(read[0].real, read[0].imag)


@function("IMARGUMENT")
def imargument(number: Value) -> Result:
    """The angle; of 0 it is #DIV/0!."""
    read = _read(number)
    if isinstance(read, CellError):
        return read
    return CellError.DIV0 if read[0] == 0 else math.atan2(read[0].imag + 0.0, read[0].real)


@function("IMSUM")
def imsum(numbers: AllValues) -> Result:
    return _fold(lambda one, two: one + two, [item.value for item in numbers])


@function("IMPRODUCT")
def improduct(*numbers: Anything, context: Context) -> Result:
    """A blank cell is 0 (measured; what one within a range is, is not known)."""
    values: list[Scalar] = []
    for argument in numbers:
        whole = grid(argument, context)
        if isinstance(whole, CellError):
            return whole
        cells = list(whole.flat())
        if len(cells) > 1 and None in cells:
            raise NoAnswer("IMPRODUCT of a range with blank cells")
        values.extend(cells)
    return _fold(_product, values)


@function("IMSUB")
def imsub(one: Value, two: Value) -> Result:
    return _pair(lambda first, second: first - second, one, two)


@function("IMDIV")
def imdiv(one: Value, two: Value) -> Result:
    return _pair(_quotient, one, two)


@function("IMPOWER")
def impower(number: Value, exponent: Number) -> Result:
    read = _read(number)
    if not isinstance(read, CellError) and read[0] == 0 and exponent <= 0.0:
        return NUM
    return _map(lambda one: _polar(one, exponent), number)


def _one(name: str, body: Callable[[complex], complex]) -> None:
    @function(name)
    def of_one(number: Value) -> Result:
        return _map(body, number)


_ONE: dict[str, Callable[[complex], complex]] = {
    "IMCONJUGATE": lambda z: z.conjugate(),
    "IMSQRT": lambda z: _polar(z, 0.5),
    "IMEXP": cmath.exp,
    "IMLN": cmath.log,
    "IMLOG10": lambda z: cmath.log(z) / math.log(10.0),
    "IMLOG2": lambda z: cmath.log(z) / math.log(2.0),
    "IMSIN": cmath.sin,
    "IMCOS": cmath.cos,
    "IMTAN": cmath.tan,
    "IMSEC": lambda z: _quotient(complex(1.0), cmath.cos(z)),
    "IMCSC": lambda z: _quotient(complex(1.0), cmath.sin(z)),
    "IMCOT": _cotangent,
    "IMSINH": cmath.sinh,
    "IMCOSH": cmath.cosh,
    "IMSECH": lambda z: _quotient(complex(1.0), cmath.cosh(z)),
    "IMCSCH": lambda z: _quotient(complex(1.0), cmath.sinh(z)),
}
for _name, _body in _ONE.items():
    _one(_name, _body)
