"""A batch as its reports see it: one row a workbook, and what the rows come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..check.findings import ASIDE
from ..display import plain

Told: TypeAlias = Mapping[str, Any]
"""A finding as JSON has it."""

VERDICTS = ("ok", "differs", "unrecognised", "error")
NOTHING_TRAINS = "no rows that train were found"


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of a workbook that fared alike. number: of all; causes: of those that follow from none among them.

    told: the first causes, so many as the reports tell of one workbook: a batch of thousands is kept in memory.
    """

    number: int = 0
    causes: int = 0
    told: tuple[Told, ...] = ()

    @classmethod
    def of(cls, findings: Sequence[Told], most: int) -> Group:
        """Of findings with causes first. Each cause that is told learns how many follow from it: ``followers``."""
        causes = sorted([one for one in findings if one["cause"]] or findings, key=lambda one: one["kind"] in ASIDE)
        followers = Counter(one["caused_by"] for one in findings if one["caused_by"])
        told = ({**one, "followers": followers[where(one)]} for one in causes[:most])
        return cls(len(findings), len(causes), tuple(told))


@dataclass(frozen=True, slots=True)
class Row:
    """One workbook.

    error: why it could not be checked, {"kind", "message"}. errors, warnings: its causes by kind. fails: findings that
    make the batch fail; known: those that the baseline accepts; rest: all others. page: address of its own page, seen
    from the overview.
    """

    file: str
    verdict: str
    seconds: float = 0.0
    error: Told | None = None
    variants: tuple[str, ...] = ()
    errors: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    fails: Group = Group()
    known: Group = Group()
    rest: Group = Group()
    page: str | None = None

    @property
    def failed(self) -> bool:
        """True where the workbook makes the batch fail."""
        return self.fails.number > 0 or self.error is not None

    @property
    def group(self) -> Group:
        """The findings to tell first: those that fail, else those that are known, else whatever there is."""
        return next((one for one in (self.fails, self.known) if one.number), self.rest)

    @property
    def first(self) -> Told | None:
        """The finding to tell first."""
        return self.group.told[0] if self.group.told else None


def kinds(findings: Sequence[Told], severity: str) -> dict[str, int]:
    """The causes of a severity by kind; of warnings all count."""
    return Counter(
        one["kind"] for one in findings if one["severity"] == severity and (one["cause"] or severity != "error")
    )


@dataclass(slots=True)
class Totals:
    """What the rows come to. kinds: of causes, errors and warnings apart; new: findings that fail."""

    workbooks: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    books: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    new: int = 0
    known: int = 0
    failed: int = 0

    def add(self, row: Row) -> None:
        """Count a workbook."""
        self.workbooks += 1
        self.verdicts[row.verdict] += 1
        self.errors.update(row.errors)
        self.warnings.update(row.warnings)
        self.books.update({*row.errors, *row.warnings})
        if row.error is not None:
            self.troubles[str(row.error["kind"])] += 1
        self.new += row.fails.number
        self.known += row.known.number
        self.failed += row.failed

    @property
    def kinds(self) -> list[str]:
        """The kinds that were found, the most frequent first."""
        both = self.errors + self.warnings
        return sorted(both, key=lambda kind: (-self.errors[kind], -both[kind], kind))


@dataclass(frozen=True, slots=True)
class BatchReport:
    """All of a batch that its reports need.

    seconds: how long it took. worked: workbooks that were checked now, not taken over from an earlier run. paths: what
    was asked for. baseline: whether findings were held against one; vanished: lines that tell what it knows and what
    was found no more.
    """

    rows: Sequence[Row]
    totals: Totals
    seconds: float
    worked: int
    paths: Sequence[str] = ()
    baseline: bool = False
    vanished: Sequence[str] = ()


def where(finding: Told) -> str:
    """``Sheet!L7``, the sheet alone, or ``workbook``.

    >>> where({"sheet": "Adam", "cell": "L7"}), where({"sheet": "", "cell": None})
    ('Adam!L7', 'workbook')
    """
    return "!".join(str(part) for part in (finding["sheet"], finding["cell"]) if part) or "workbook"


def line(finding: Told) -> str:
    """A finding in one line."""
    return plain(f"{where(finding)} [{finding['kind']}] {finding['message']}")


def lines(group: Group, most: int) -> list[str]:
    """Findings as text: each cause with its formulas and how many follow from it. most: causes that are told."""
    said = []
    for cause in group.told[:most]:
        said.append(line(cause))
        if cause["formula"] and cause["expected_formula"]:
            said += [f"  says      {plain(cause['formula'])}", f"  should be {plain(cause['expected_formula'])}"]
        if cause["expected"] is not None:
            said.append(f"  now {_value(cause['value'])}, expected {_value(cause['expected'])}")
        said += [f"  {count(cause['followers'], 'finding')} more from it"] if cause["followers"] else []
    more = group.causes - min(most, len(group.told))
    return said + ([f"… and {count(more, 'more cause')}"] if more else [])


def count(number: int, word: str) -> str:
    """``1 workbook``, ``2,000 workbooks``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return str(next(iter(value.values())))
    return "blank" if value is None else plain(f"{value:.9g}" if isinstance(value, float) else str(value))
