"""Numbers as texts in other systems: Roman numerals and any base from 2 to 36."""

from ...values import NUM, VALUE, CellError, Scalar
from ..coerce import to_number
from ..kinds import Integer, Result, Text, Value
from ..registry import function

_LETTERS = "MDCLXVI"
_VALUES = (1000, 500, 100, 50, 10, 5, 1)
_LARGEST_ROMAN = 3999
_LONGEST = 255
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LARGEST = 2.0**53


@function("ROMAN")
def roman(number: Integer, form: Value = 0.0) -> Result:
    """``form``: 0 or TRUE classic … 4 or FALSE the shortest, which takes ever larger numbers away from others."""
    level = _form(form)
    if isinstance(level, CellError):
        return level
    return _roman(number, level) if 0 <= number <= _LARGEST_ROMAN and 0 <= level <= 4 else VALUE


def _form(form: Scalar) -> int | CellError:
    if isinstance(form, bool):
        return 0 if form else 4
    number = to_number(form)
    return number if isinstance(number, CellError) else int(number)


def _roman(number: int, form: int) -> str:
    text = ""
    for place in (0, 2, 4, 6):
        digit, rest = divmod(number, _VALUES[place])
        if digit % 5 == 4:
            large = place - 1 if digit == 4 else place - 2
            small = _smallest(number, place, large, form)
            text += _LETTERS[small] + _LETTERS[large]
            number += _VALUES[small] - _VALUES[large]
        else:
            text += (_LETTERS[place - 1] if digit > 4 else "") + _LETTERS[place] * (digit % 5)
            number = rest
    return text


def _smallest(number: int, place: int, large: int, form: int) -> int:
    """Which letter is taken away from a larger one: the further from classic, the smaller it may be."""
    small = place
    for _ in range(form):
        if small == len(_VALUES) - 1 or _VALUES[large] - _VALUES[small + 1] > number:
            break
        small += 1
    return small


@function("ARABIC")
def arabic(text: Text) -> Result:
    """The value of a Roman numeral, well formed or not: a letter before a larger one is taken away."""
    stripped = text.strip(" ").upper()
    negative = stripped.startswith("-")
    letters = stripped[1:] if negative else stripped
    if len(text) > _LONGEST or (negative and not letters) or any(letter not in _LETTERS for letter in letters):
        return VALUE
    total = largest = 0
    for letter in reversed(letters):
        value = _VALUES[_LETTERS.index(letter)]
        total += value if value >= largest else -value
        largest = max(largest, value)
    return float(-total if negative else total)


@function("BASE")
def base(number: Integer, radix: Integer, length: Integer = 0) -> Result:
    if not (0 <= number < _LARGEST and 2 <= radix <= 36 and 0 <= length <= _LONGEST):
        return NUM
    text = ""
    while number:
        number, digit = divmod(number, radix)
        text = _DIGITS[digit] + text
    return text.rjust(max(length, 1), "0")


@function("DECIMAL")
def decimal(text: Text, radix: Integer) -> Result:
    if not 2 <= radix <= 36:
        return NUM
    if len(text) > _LONGEST:
        return VALUE
    total = 0
    for character in text.strip(" ").upper():
        digit = _DIGITS.find(character)
        if not 0 <= digit < radix:
            return NUM
        total = total * radix + digit
    try:
        return float(total)
    except OverflowError:
        return NUM
