"""What does not fit together in a training."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Odd:
    """What does not fit: the track at which it shows, and in a word what; how many times too large a derivative is."""

    track: int
    what: str
    ratio: float | None = None
