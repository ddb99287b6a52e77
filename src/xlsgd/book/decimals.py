"""Decimal numbers in a buffer of bytes read all at once: vector arithmetic that gives exactly what ``float()`` gives.

A number is taken apart into its digits M, a whole number below 10**18, and a power of ten. M and the power are each a
sum of two doubles, and so is their product; where the product lies so near to the middle of two doubles that its error
could round it to the wrong one, or where the text is of an unusual form, the number is left to the caller.
Sources: Dekker, "A floating-point technique for extending the available precision" (1971); Lemire, "Number parsing at
a gigabyte per second" (2021), for eight digits at a time.
"""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WINDOW = 24
"""The buffer must go on for so many bytes behind each start and have as many before each end (else the number is left
to the caller); longer numbers are left to the caller too."""

_POWERS = 60
_EXACT = [Fraction(10) ** power for power in range(-_POWERS, _POWERS + 1)]
_HIGH = np.array([float(power) for power in _EXACT])
_LOW = np.array([float(power - Fraction(float(power))) for power in _EXACT])
_TENS = 10 ** np.arange(19, dtype=np.int64)
_LAST = np.array(
    [(2**64 - 1) ^ (2 ** (64 - 8 * count) - 1) for count in range(9)], dtype=np.uint64
)  # last bytes of a word
_DOUBT = 2.0**-98  # far above the error of the product, which is about 2**-104 of it
_SPLIT = 2.0**27 + 1


def _word(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101_0101_0101_0101)


_ZEROS, _DOTS, _ONES, _TOPS, _ABOVE_NINE = _word(0x30), _word(0x2E), _word(1), _word(0x80), _word(0x76)


def numbers(buffer: Bytes, starts: Places, ends: Places) -> tuple[Doubles, Flags]:
    """The numbers in ``buffer[starts[i]:ends[i]]`` and which of them are left to the caller.

    >>> text = np.frombuffer(bytes(24) + b"-12.5,1E-3,one" + bytes(24), dtype=np.uint8)
    >>> found, odd = numbers(text, np.array([24, 30, 35]), np.array([29, 34, 38]))
    >>> found[:2].tolist(), odd.tolist()
    ([-12.5, 0.001], [False, False, True])
    """
    if sys.byteorder == "big":  # the words below are read as little-endian
        return np.zeros(len(starts)), np.ones(len(starts), dtype=np.bool_)
    odd = ends < WINDOW
    negative = buffer[starts] == 0x2D
    starts = starts + negative
    ends, exponent = _without_exponent(buffer, starts, ends, odd)
    length = ends - starts
    odd |= (length < 1) | (length > WINDOW)
    whole, fraction, decimals = _digits(buffer, starts, ends, length, odd)
    odd |= (whole > 0) & (whole >= _TENS[np.clip(18 - decimals, 0, 18)])  # M would have more than 18 digits
    shifted = whole * _TENS[np.minimum(decimals, 18)]
    return _scaled(shifted + fraction, exponent - decimals, negative, odd), odd


def _without_exponent(buffer: Bytes, starts: Places, ends: Places, odd: Flags) -> tuple[Places, Places]:
    """The ends of the digits before ``E-5`` or ``e-05``, and the exponents."""
    exponent = np.zeros(len(starts), dtype=np.int64)
    digits = ends.copy()
    for size in (3, 4):
        marked = np.flatnonzero(((buffer[ends - size] | 0x20) == 0x65) & (ends - size > starts))
        if not len(marked):
            continue
        at = ends[marked] - size
        sign, tens, units = buffer[at + 1], buffer[ends[marked] - 2].astype(np.int64) - 48, buffer[ends[marked] - 1]
        ones = units.astype(np.int64) - 48
        tens = tens if size == 4 else np.zeros_like(ones)
        odd[marked] |= ~np.isin(sign, (0x2B, 0x2D)) | (tens < 0) | (tens > 9) | (ones < 0) | (ones > 9)
        exponent[marked] = np.where(sign == 0x2D, -1, 1) * (10 * tens + ones)
        digits[marked] = at
    return digits, exponent


def _digits(buffer: Bytes, starts: Places, ends: Places, length: Places, odd: Flags) -> tuple[Places, Places, Places]:
    """The digits before the point and behind it, and how many are behind it; without a point all are "behind" it."""
    first = _windows(buffer, 8)[starts].view(np.uint64)
    dots = first ^ _DOTS
    dots = (dots - _ONES) & ~dots & _TOPS
    lowest = dots & (~dots + np.uint64(1))
    place = (lowest.astype(np.float64).view(np.int64) >> np.int64(52)) - 1023 >> 3
    pointed = (dots != 0) & (place < length)
    place = np.where(pointed, place, 0)
    odd |= pointed & (place == 0)
    before = (first ^ _ZEROS) << (np.uint64(64) - (np.maximum(place, 1).astype(np.uint64) << np.uint64(3)))
    before = np.where(pointed, before, np.uint64(0))
    count = np.clip(np.where(pointed, length - place - 1, length), 0, WINDOW)
    words = _windows(buffer, WINDOW)[np.maximum(ends - WINDOW, 0)].view(np.uint64).reshape(-1, 3)
    behind = [
        (words[:, at] ^ _ZEROS) & _LAST[np.clip(count - 8 * (2 - at), 0, 8)]
        for at in (range(3) if (count > 16).any() else (1, 2))
    ]
    wrong = _no_digits(before)
    for word in behind:
        wrong |= _no_digits(word)
    odd |= wrong != 0
    parts = [_eight(word) for word in behind]
    fraction = parts[-2] * 10**8 + parts[-1]
    if len(parts) == 3:
        odd |= parts[0] >= 100
        fraction += np.minimum(parts[0], 99) * 10**16
    return _eight(before), fraction, np.where(pointed, count, 0)


def _windows(buffer: Bytes, size: int) -> npt.NDArray[np.void]:
    """All stretches of so many bytes, one for each place (no copy)."""
    return np.ndarray((len(buffer) - size + 1,), dtype=f"V{size}", buffer=buffer, strides=(1,))


def _no_digits(word: Words) -> Words:
    return ((word + _ABOVE_NINE) | word) & _TOPS


def _eight(word: Words) -> Places:
    """The number that eight bytes 0 to 9 tell, the first byte of memory being the first digit."""
    word = (word * np.uint64(2561) >> np.uint64(8)) & np.uint64(0x00FF_00FF_00FF_00FF)
    word = (word * np.uint64(6553601) >> np.uint64(16)) & np.uint64(0x0000_FFFF_0000_FFFF)
    return (word * np.uint64(42949672960001) >> np.uint64(32)).view(np.int64)


def _scaled(digits: Places, power: Places, negative: Flags, odd: Flags) -> Doubles:
    """``digits * 10**power``; sets ``odd`` where the rounding is in doubt."""
    odd |= np.abs(power) > _POWERS
    at = np.clip(power, -_POWERS, _POWERS) + _POWERS
    ten, ten_rest = _HIGH[at], _LOW[at]
    high = digits.astype(np.float64)
    rest = (digits - high.astype(np.int64)).astype(np.float64)
    product = high * ten
    error = _product_error(high, ten, product) + (high * ten_rest + rest * ten)
    number = product + error
    left = error - (number - product)
    doubt = number * _DOUBT
    odd |= (number + (left + doubt) != number) | (number + (left - doubt) != number)
    signed: Doubles = np.where(negative, -number, number)
    return signed


def _product_error(one: Doubles, two: Doubles, product: Doubles) -> Doubles:
    """What ``one * two`` lost by rounding, exactly."""
    part = one * _SPLIT
    one_high = part - (part - one)
    part = two * _SPLIT
    two_high = part - (part - two)
    one_low, two_low = one - one_high, two - two_high
    return ((one_high * two_high - product) + one_high * two_low + one_low * two_high) + one_low * two_low
