"""Functions that kernels call by pointer: two of the C library, and the scalar engine's own bodies called back.

A body that raises an exception other than NoAnswer is a bug; ctypes prints it and the kernel's results do not count
(see :func:`unfinished`), so that the scalar engine meets the same bug in the open.
"""

from __future__ import annotations

import ctypes
import math
import os
import struct
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from ...functions import registry
from ...functions.calls import call
from ...functions.compare import digits15
from ...functions.context import Context, NoAnswer
from ...functions.numbers import elementary
from ...functions.operators import power
from ...tagged import ERROR, LOGICAL, UNSUPPORTED, as_number, bits
from ...values import CellError, Operand, Scalar, finish
from .elementary import WIDE

_calls = threading.local()


def unfinished() -> bool:
    """Whether a body called back in this thread since the last question has raised; and forget it.

    Raises KeyboardInterrupt where that is what was raised.
    """
    count: int = getattr(_calls, "open", 0)
    interrupted = getattr(_calls, "interrupted", False)
    _calls.open, _calls.interrupted = 0, False
    if interrupted:
        raise KeyboardInterrupt
    return count != 0


def _tagged(value: Operand) -> float:
    if type(value) is float:
        return value
    if isinstance(value, bool):
        return as_number(bits(LOGICAL, int(value)))
    if isinstance(value, CellError):
        return as_number(bits(ERROR, value.number))
    return as_number(bits(UNSUPPORTED))


@cache
def pointer(name: str) -> int:
    """The address of a function by its name in a kernel's list: ``exp``, ``fmod``, ``same15`` or ``NAME/arguments``."""
    if name in _LIBRARY:
        return _library(name)
    if name in _WIDE:
        return _wide(name)
    if name == "same15":
        return _address(lambda one, two: float(digits15(one) == digits15(two)), 2)
    function, _, count = name.partition("/")
    return _address(_body(function), int(count))


_kept: list[Any] = []


def _address(body: Callable[..., float], count: int) -> int:
    prototype = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * count)

    def watched(*numbers: float) -> float:
        _calls.open = getattr(_calls, "open", 0) + 1
        try:
            result = body(*numbers)
        except KeyboardInterrupt:  # it cannot leave from here; unfinished() raises it again
            _calls.interrupted = True
            return 0.0
        _calls.open -= 1
        return result

    return _kept_address(prototype(watched))


def _kept_address(function: Any) -> int:
    """The address of a C function, which lives as long as the process."""
    _kept.append(function)
    found = ctypes.cast(function, ctypes.c_void_p).value
    assert found is not None
    return found


def _body(name: str) -> Callable[..., float]:
    """A function of Excel from numbers to a tagged value, called as the scalar engine calls it."""
    if name == "^":
        return lambda one, two: _tagged(power(one, two))

    def run(*numbers: float) -> float:
        signature = registry.lookup(name)  # late: it loads the families of functions
        assert signature is not None
        thunks: list[Callable[[], Operand]] = [_constant(number) for number in numbers]
        try:
            return _tagged(call(signature, thunks, _NO_CONTEXT, True))
        except NoAnswer:
            return as_number(bits(UNSUPPORTED))

    return run


_NO_CONTEXT: Context = None  # type: ignore[assignment]  # only functions that take none are compiled


def _constant(value: Scalar) -> Callable[[], Operand]:
    return lambda: value


# The C library


def _library(name: str) -> int:
    """The C library's own function where it does exactly what Python's does, else Python's."""
    own = _LIBRARY[name]
    found = _symbol(name)
    if found is not None and all(_same(found, own[0], numbers) for numbers in _samples(own[1])):
        return _kept_address(found)
    return _address(*own)


def _wide(name: str) -> int:
    """The C library's logarithm of a long double, or Python's exact one in its place."""
    own = _WIDE[name]
    found = _symbol(name) if WIDE else None
    if found is not None:
        found.restype, found.argtypes = ctypes.c_longdouble, [ctypes.c_longdouble]
        samples = [numbers[0] for numbers in _samples(1) if numbers[0] > 0][:64]
        if all(abs(found(one) - own(one)) <= 1e-15 * abs(own(one)) for one in samples):
            return _kept_address(found)
    return _kept_address(ctypes.CFUNCTYPE(ctypes.c_longdouble, ctypes.c_longdouble)(own))


def _symbol(name: str) -> Any:
    library = ctypes.CDLL("ucrtbase") if os.name == "nt" else ctypes.CDLL(None)
    found = getattr(library, name, None)
    if found is not None:
        found.restype = ctypes.c_double
        found.argtypes = [ctypes.c_double] * (2 if name == "fmod" else 1)
    return found


def _exp(number: float) -> float:
    """Overflow is infinity here: the kernel makes #NUM! of it."""
    try:
        return math.exp(number)
    except OverflowError:
        return math.inf


_LIBRARY: dict[str, tuple[Callable[..., float], int]] = {"exp": (_exp, 1), "fmod": (math.fmod, 2)}


def _same(found: Any, own: Callable[..., float], numbers: tuple[float, ...]) -> bool:
    return struct.pack("<d", finite(found(*numbers))) == struct.pack("<d", finite(own(*numbers)))


_WIDE: dict[str, Callable[[float], float]] = {"logl": elementary.ln, "log10l": elementary.log10}


def finite(number: float) -> float:
    """A result as a cell keeps it; what is none is a zero here."""
    kept = finish(number)
    return kept if isinstance(kept, float) else 0.0


def _samples(count: int) -> Iterator[tuple[float, ...]]:
    """Some thousand numbers of all sizes that need no random numbers."""
    for place in range(3000):
        share = place * 0.6180339887498949 % 1.0
        if count == 1:
            yield (1420.0 * share - 710.0,) if place % 2 else ((share - 0.5) * 2.0 ** (place % 12 - 8),)
        else:
            yield (share - 0.5) * 2.0 ** (place % 50), (place * 0.7548776662466927 % 1.0 + 1e-9) * 2.0 ** (place % 9)
