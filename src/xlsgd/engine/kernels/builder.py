"""LLVM IR as text, line by line: registers and blocks get numbers, nothing is optimised."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...tagged import ERROR, bits
from ...values import CellError

RARELY = ", !prof !0"
"""Behind a branch: the second target is taken once in a blue moon, so that LLVM keeps the branch and moves it away."""


def constant(number: float) -> str:
    """A float64 constant, exact."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


def pattern(value: int) -> str:
    """A float64 constant of these bits."""
    return f"0x{value:016X}"


def error(value: CellError) -> str:
    """An error value as a constant."""
    return pattern(bits(ERROR, value.number))


@dataclass(slots=True)
class Numbers:
    """Numbers for registers and blocks, shared by all parts of a function."""

    last: int = 0

    def next(self) -> int:
        self.last += 1
        return self.last


@dataclass(slots=True)
class Code:
    """A stretch of code with one entry and one place where it goes on (``block``)."""

    numbers: Numbers
    block: str
    lines: list[str] = field(default_factory=list)

    def ins(self, text: str) -> str:
        """Add an instruction; gives the register of its result."""
        register = f"%r{self.numbers.next()}"
        self.lines.append(f"  {register} = {text}")
        return register

    def do(self, text: str) -> None:
        """Add an instruction without a result."""
        self.lines.append("  " + text)

    def label(self, hint: str = "b") -> str:
        """A new block's name."""
        return f"{hint}{self.numbers.next()}"

    def start(self, label: str) -> None:
        """Begin a block; the one before must have ended."""
        self.lines.append(f"{label}:")
        self.block = label

    def go(self, label: str) -> None:
        """End the block with a jump."""
        self.do(f"br label %{label}")

    def branch(self, condition: str, yes: str, no: str, weight: str = "") -> None:
        """End the block with a choice. ``weight``: RARELY where ``no`` is rare."""
        self.do(f"br i1 {condition}, label %{yes}, label %{no}{weight}")

    def phi(self, kind: str, choices: Sequence[tuple[str, str]]) -> str:
        """The value that comes with the block one came from: pairs of value and block."""
        return self.ins(f"phi {kind} " + ", ".join(f"[ {value}, %{block} ]" for value, block in choices))

    def bits(self, number: str) -> str:
        """The bits of a number as an integer."""
        return self.ins(f"bitcast double {number} to i64")

    def is_tag(self, number: str) -> str:
        """Whether a value is no number."""
        return self.ins(f"fcmp uno double {number}, {number}")
