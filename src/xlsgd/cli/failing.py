"""What makes a batch fail: ``--fail-on``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import unknown_name

MORE = ("error", "warning", "unrecognised", "unreadable", "any")


@dataclass(frozen=True, slots=True)
class FailOn:
    """Which findings count. words: kinds of findings (their warnings, too) and members of MORE."""

    words: frozenset[str] = frozenset({"error"})

    @classmethod
    def parse(cls, text: str | None) -> FailOn:
        """From a list with commas. Raises UsageError.

        >>> sorted(FailOn.parse("reference, warning").words)
        ['reference', 'warning']
        """
        from ..check.findings import KINDS

        words = [word.strip().lower().replace("_", "-") for word in (text or "error").split(",")]
        for word in filter(None, words):
            if word not in KINDS and word not in MORE:
                raise unknown_name("word of --fail-on", word, (*KINDS, *MORE))
        return cls(frozenset(filter(None, words)) or cls().words)

    def counts(self, finding: Mapping[str, Any]) -> bool:
        """True where a finding makes the batch fail."""
        return not self.words.isdisjoint({"any", finding["kind"], finding["severity"]})

    @property
    def unrecognised(self) -> bool:
        """True where a workbook that trains nothing makes the batch fail."""
        return not self.words.isdisjoint({"any", "unrecognised"})
