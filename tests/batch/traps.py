"""Sources that make the worker that opens them misbehave, each in its way. Workers get our path and find them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xlsgd.batch.sources import Source

Shelf = Callable[..., Path]


@dataclass(frozen=True, slots=True)
class Trap(Source):
    """deed: what is done in any process but the one that made it."""

    deed: str = ""
    home: int = 0

    @property
    def is_remote(self) -> bool:
        if self.home and os.getpid() != self.home:
            _DEEDS[self.deed]()
        return False


def trap(path: str, deed: str) -> Trap:
    return Trap(path, path, deed=deed, home=os.getpid())


def _sleep() -> None:
    time.sleep(600)


def _spin() -> None:
    while True:
        pass


def _grow() -> None:
    held = []
    while True:
        held.append(b"x" * 2**22)


def _grab() -> None:
    b"x" * 2**40


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise ZeroDivisionError("a bug of ours")


def _chat() -> None:
    print("a library that prints", flush=True)
    os.write(1, b"and one that writes to its file descriptor\n")


_DEEDS = {
    "sleep": _sleep,
    "spin": _spin,
    "grow": _grow,
    "grab": _grab,
    "die": _die,
    "raise": _raise,
    "chat": _chat,
}
