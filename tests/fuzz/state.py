"""What a worker tells the process that watches it, in memory that both see."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

LEVELS = ("bytes", "xml", "formula", "csv")
OUTCOMES = ("refused", "read", "understood", "not understood", "failed")
_HEAD = struct.Struct("<qdq")  # number of the input in hand, CPU seconds when it began, whether it is begun
_COUNTS = struct.Struct(f"<{len(LEVELS) * len(OUTCOMES)}q")


class State:
    """The input in hand and how many ended how."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_HEAD.size + _COUNTS.size))
        with path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    def begin(self, number: int, cpu: float) -> None:
        _HEAD.pack_into(self.memory, 0, number, cpu, 1)

    def end(self, number: int, level: str, outcome: str) -> None:
        self.count(level, outcome)
        self.idle(number)

    def idle(self, number: int) -> None:
        """Nothing is under way."""
        _HEAD.pack_into(self.memory, 0, number, 0.0, 0)

    def count(self, level: str, outcome: str) -> None:
        at = _HEAD.size + 8 * (LEVELS.index(level) * len(OUTCOMES) + OUTCOMES.index(outcome))
        struct.pack_into("<q", self.memory, at, struct.unpack_from("<q", self.memory, at)[0] + 1)

    def now(self) -> tuple[int, float, bool]:
        """The input in hand, the CPU seconds when it began, whether it is under way."""
        number, cpu, begun = _HEAD.unpack_from(self.memory, 0)
        return number, cpu, bool(begun)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many inputs of each level ended how."""
        numbers = _COUNTS.unpack_from(self.memory, _HEAD.size)
        width = len(OUTCOMES)
        return {
            level: dict(zip(OUTCOMES, numbers[place * width : (place + 1) * width], strict=True))
            for place, level in enumerate(LEVELS)
        }
