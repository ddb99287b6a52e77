"""Regular expressions whose time is bounded: Python's ``re`` where it must be quick, a matcher that counts elsewhere.

``re`` goes through all ways to match, and a pattern such as ``(a+)+$`` has 2^n of them. :func:`ways` says how many
there can be; where they are too many, the same pattern runs step by step on the meter of the evaluation.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]  # the parser behind re, of Python 3.11 and newer
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Protocol

from ..meter import charge
from .backtrack import Program, assemble

MOST_WAYS = 5e7
"""Ways to match, for all places together, that ``re`` goes through in less than a second."""
_STEPS_PER_SECOND = 10_000_000


class Match(Protocol):
    """What a match can say, as that of ``re``."""

    def __getitem__(self, group: int | str) -> str | None: ...
    def groups(self) -> tuple[str | None, ...]: ...
    def start(self) -> int: ...
    def end(self) -> int: ...


class Pattern:
    """A compiled pattern. Its methods raise NoAnswer where they would take too long."""

    def __init__(self, text: str, any_case: bool) -> None:
        self._quick = re.compile(text, re.IGNORECASE if any_case else 0)
        self._tree = parser.parse(text, re.IGNORECASE if any_case else 0)
        self._slow: Program | None = None
        self.groups = self._quick.groups

    def search(self, text: str) -> Match | None:
        """The first match."""
        return next(self.finditer(text), None) if self._counted(text) else _timed(lambda: self._quick.search(text))

    def finditer(self, text: str) -> Iterator[Match]:
        """All matches, one behind the other."""
        if not self._counted(text):
            return iter(_timed(lambda: list(self._quick.finditer(text))))
        if self._slow is None:
            self._slow = assemble(self._tree, self._quick.groupindex)
        return self._slow.finditer(text)

    def _counted(self, text: str) -> bool:
        return ways(self._tree, len(text)) * (len(text) + 1) > MOST_WAYS


def _timed(run: Callable[[], Any]) -> Any:
    """What ``re`` finds; the processor's time for it is charged as steps, as nobody knows before how far it goes."""
    started = time.thread_time()
    found = run()
    charge(int((time.thread_time() - started) * _STEPS_PER_SECOND))
    return found


def ways(tree: Any, size: int) -> float:
    """In how many ways a pattern may match from one place of a text of so many characters, at most."""
    found = 1.0
    for kind, argument in tree:
        found *= _ways(kind, argument, size)
        if found > MOST_WAYS:
            return found
    return found


def _ways(kind: Any, argument: Any, size: int) -> float:
    if kind is sre.BRANCH:
        return sum(ways(one, size) for one in argument[1])
    if kind is sre.SUBPATTERN:
        return ways(argument[3], size)
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return ways(argument[1], size)
    if kind in (sre.ATOMIC_GROUP, sre.POSSESSIVE_REPEAT):
        return float("inf")  # in some, re loses groups: SystemError, "report a bug for the re module"
    if kind is sre.GROUPREF_EXISTS:
        return ways(argument[1], size) + (ways(argument[2], size) if argument[2] else 1.0)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, inner = argument
        count = min(int(most), size + 1)
        each = ways(inner, size)
        low, high = inner.getwidth()
        turns = 1.0 if least == most else float(count + 1)
        if each <= 1.0 and low == high:
            return turns
        return float("inf") if count > 64 else turns * max(each, 2.0) ** count
    return 1.0
