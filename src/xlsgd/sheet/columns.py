"""Columns: what one is, and the template language in which the rules write its formula.

A template is an Excel formula in which braces name cells: ``{x}`` is the column's cell in the same row, ``{old m_a}``
the one in the row before, ``{lr}`` a setting at the top of the sheet (written with ``$``). ``{epoch da}`` are the
column's cells in the rows of the epoch before (only in the first row of an epoch), ``{first x}`` those of the first
epoch and ``{all x}`` those of all epochs, both written with ``$``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..formula import parse
from ..formula.nodes import Chain, Signs

_HOLE = re.compile(r"\{(?:(old|epoch|first|all) )?(\w+)\}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the training table.

    key: its name, the same as in the reference's trace. formula: a template, empty where numbers are typed.
    first: the template of the first row, again: that of the first row of each later epoch, where they differ.
    start: a number typed above the first row, None: nothing.
    """

    key: str
    header: str
    formula: str = ""
    first: str = ""
    again: str = ""
    start: float | None = None
    role: str = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring columns under one title."""

    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A hyperparameter: a named cell at the top of the sheet with a number, or with a template of other settings.

    low, high: what may be typed there (None: any number), whole: only whole numbers.
    """

    name: str
    label: str
    text: str
    value: float = 0.0
    formula: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False


def fill(template: str, cell: Callable[[str, str], str]) -> str:
    """The formula of a template; ``cell(key, which)`` names the cells of a hole; ``which`` is "old", "epoch" … or "".

    >>> fill("{x}*2+{old x}", lambda key, which: "A1" if which else "A2")
    'A2*2+A1'
    """
    return _HOLE.sub(lambda hole: cell(hole[2], hole[1] or ""), template)


def rename(template: str, keys: Mapping[str, str]) -> str:
    """A template with some of its holes renamed: how a rule for one weight is made the rule of each.

    >>> rename("{w}-{g}*{lr}", {"w": "a", "g": "da"})
    '{a}-{da}*{lr}'
    """
    return _HOLE.sub(lambda hole: f"{{{hole[1] + ' ' if hole[1] else ''}{keys.get(hole[2], hole[2])}}}", template)


def holes(template: str) -> list[str]:
    """The keys that a template names, each as often as it does."""
    return [hole[2] for hole in _HOLE.finditer(template)]


def unfold(template: str, steps: Mapping[str, str]) -> str:
    """A template in which every hole that names a step holds that step's own template, in parentheses where needed.

    >>> unfold("{c}*{hidden}+{d}", {"hidden": "MAX({z},0)", "z": "{a}*{x}+{b}"})
    '{c}*MAX({a}*{x}+{b},0)+{d}'
    """

    def written_out(hole: re.Match[str]) -> str:
        if hole[2] not in steps:
            return hole[0]
        inner = unfold(steps[hole[2]], steps)
        before, after = template[: hole.start()][-1:], template[hole.end() :][:1]
        whole_argument = before in ("(", ",") and after in (",", ")")
        return inner if whole_argument or not _is_operation(inner) else f"({inner})"

    return _HOLE.sub(written_out, template)


def guard(formula: str) -> str:
    """The formula in parentheses where its last operation is ``+`` or ``-``, otherwise as it is.

    Excel turns such a result into 0 where it is tiny beside the operands, unless parentheses stand around the whole
    (docs/calculation.md, rule 6).

    >>> guard("D4-L4*$F$1"), guard("(B4-E4)^2")
    ('(D4-L4*$F$1)', '(B4-E4)^2')
    """
    node = parse(formula, 1, 1)
    return f"({formula})" if isinstance(node, Chain) and node.operators[-1] in ("+", "-") else formula


def _is_operation(template: str) -> bool:
    return isinstance(parse(_HOLE.sub("A1", template), 1, 1), Chain | Signs)
