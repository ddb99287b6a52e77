"""Bugs planted on purpose: a harness that does not see them would prove nothing."""

from __future__ import annotations

import ctypes
import socket
from pathlib import Path

NUMBER = 40  # of the input that meets the bug


def plant(kind: str) -> None:
    """Do what no input may lead to."""
    if kind == "hang":
        while True:
            pass
    if kind == "crash":
        ctypes.string_at(0)
    if kind == "memory":
        bytearray(2**31)
    if kind == "write":
        Path(__file__).with_name("planted.txt").write_text("x")
    if kind == "network":
        socket.create_connection(("127.0.0.1", 9))
    raise ZeroDivisionError(kind)


KINDS = ("hang", "crash", "memory", "write", "network", "raise")
