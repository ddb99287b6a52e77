"""Replies in the order of their tasks, whatever order they come in."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")


def in_order(numbered: Iterable[tuple[int, T]]) -> Generator[T, None, None]:
    """What belongs to 0, 1, 2, …, each as soon as all before it have come.

    >>> list(in_order([(1, "b"), (0, "a"), (2, "c")]))
    ['a', 'b', 'c']
    """
    waiting: dict[int, T] = {}
    wanted = 0
    for number, item in numbered:
        waiting[number] = item
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1
