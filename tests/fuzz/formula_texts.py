"""Inputs on the level of formulas: drawn from the grammar, or those of tests/cases torn apart and put together."""

from __future__ import annotations

import json
import re
from functools import cache
from random import Random

from case_format import read_cases
from xlsgd.functions.registry import functions

from .hostile import FORMULAS

_LITERALS = [
    *["0", "1", "-1", "2", "0.5", "3", "7", "10", "1E+300", "-1E300", "1E-308", "5E-324", "40000", "1048577", "0.1"],
    *['""', '"a"', '"A1"', '"1/0"', '"*"', '">1"', '"2020-02-30"', '"3"', '"é𝔘"', "TRUE", "FALSE", "#N/A", "#REF!"],
    *["{1,2;3,4}", '{"a",#N/A,TRUE}', "{1}", "{1;2;3}", ""],
]
_PLACES = [
    *[
        "A1",
        "B2",
        "$C$3",
        "A1:B3",
        "A1:D8",
        "B:B",
        "2:2",
        "D4",
        "A9",
        "A1:A1048576",
        "XFD1",
        "(A1,B2:B3)",
        "A1:B3 B2:C4",
    ],
    *["T!A1", "'T'!A1:B2", "rate", "late", "nope", "A1#", "@A1:A8", "S:T!A1", "[1]Far!A1", "#REF!", "T1[x]", "F6"],
]
_INFIX = ["+", "-", "*", "/", "^", "&", "=", "<>", "<", "<=", ">", ">=", ":", " ", ","]
_NAMES = ["x", "y", "acc", "_", "é", "ı", "Ǆ"]
_PIECE = re.compile(r'"[^"]*"|[A-Za-z_.][\w.]*|\d+(?:\.\d+)?|\s+|.', re.DOTALL)
_SIZE = {"REPT", "SEQUENCE", "RANDARRAY", "MAKEARRAY", "EXPAND"}  # what is large there takes long: small more often
_VALUES = [0.0, 1.0, -1.0, 2.5, 1e300, -1e-300, 1e15, "a", "", "3", True, False, None, None, 0.1, 7.0, -0.5, 710.0]


@cache
def known() -> tuple[str, ...]:
    """Formulas that make sense: those of tests/cases and the hostile ones."""
    return (*dict.fromkeys(case.formula for case in read_cases()), *FORMULAS)


@cache
def _callable() -> tuple[tuple[str, int, int], ...]:
    return tuple((name, one.least, one.most) for name, one in sorted(functions().items()))


def make(random: Random) -> bytes:
    """One input: a formula and the cells that it may read, as JSON."""
    text = _drawn(random, random.choice((1, 2, 2, 3, 4))) if random.random() < 0.5 else _torn(random)
    cells = {f"{letter}{row}": random.choice(_VALUES) for letter in "ABCD" for row in range(1, 9)}
    kind = random.choice(("normal", "normal", "dynamic", "array"))
    fill = 12 if random.random() < 0.02 else 1
    if random.random() < 0.002:
        text = text.replace("rate", "endless")
    return json.dumps({"formula": text[:9000], "kind": kind, "fill": fill, "cells": cells}).encode("utf-8", "replace")


def _drawn(random: Random, depth: int) -> str:
    """A formula from the grammar; now and then with a mistake."""
    if depth <= 0 or random.random() < 0.15:
        return random.choice(_PLACES if random.random() < 0.5 else _LITERALS)
    kind = random.random()
    if kind < 0.55:
        return _call(random, depth)
    if kind < 0.8:
        return f"{_drawn(random, depth - 1)}{random.choice(_INFIX)}{_drawn(random, depth - 1)}"
    if kind < 0.88:
        return f"({_drawn(random, depth - 1)})"
    if kind < 0.93:
        return (
            f"{random.choice('+-@')}{_drawn(random, depth - 1)}"
            if random.random() < 0.6
            else f"{_drawn(random, depth - 1)}%"
        )
    return _scope(random, depth)


def _call(random: Random, depth: int) -> str:
    name, least, most = random.choice(_callable())
    count = random.randint(least, min(most, least + 3))
    if random.random() < 0.03:
        count = random.randint(0, least + 4)
    if name in _SIZE and random.random() < 0.8:
        given = [random.choice(("1", "2", "A1:B2", "3")) for _ in range(count)]
    else:
        given = [_drawn(random, depth - 1) for _ in range(count)]
    return f"{name}({','.join(given)})"


def _scope(random: Random, depth: int) -> str:
    """LET and LAMBDA, whose bodies use their names."""
    name, other = random.choice(_NAMES), random.choice(_NAMES)
    body = f"{name}{random.choice(_INFIX)}{_drawn(random, depth - 1)}"
    if random.random() < 0.4:
        return f"LET({name},{_drawn(random, depth - 1)},{body})"
    if random.random() < 0.5:
        return f"LAMBDA({name},{body})({_drawn(random, depth - 1)})"
    taker = random.choice(("MAP(A1:B3,{0})", "BYROW(A1:B3,{0})", "BYCOL(A1:B3,{0})", "REDUCE(0,A1:B3,{0})",
                           "SCAN(0,A1:B3,{0})", "MAKEARRAY(2,3,{0})", "{0}"))  # fmt: skip
    return taker.format(f"LAMBDA({name},{body})" if random.random() < 0.3 else f"LAMBDA({name},{other},{body})")


def _torn(random: Random) -> str:
    """A known formula with pieces changed, or two of them in one."""
    pieces = _PIECE.findall(random.choice(known()))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        at = random.randint(0, len(pieces))
        kind = random.randrange(7)
        if kind == 0:
            del pieces[at : at + random.choice((1, 1, 2, 5))]
        elif kind == 1:
            pieces[at:at] = pieces[at : at + random.choice((1, 2, 4))] * random.choice((1, 1, 2, 30))
        elif kind == 2:
            pieces[at : at + 1] = [random.choice(_LITERALS + _PLACES)]
        elif kind == 3:
            pieces[at : at + 1] = [
                random.choice((*_INFIX, "(", ")", "{", "}", ";", "#", "!", "'", '"', "\0", "[", "]", "%"))
            ]
        elif kind == 4:
            other = _PIECE.findall(random.choice(known()))
            cut = random.randint(0, len(other))
            pieces[at:] = other[cut:]
        elif kind == 5:
            pieces[at : at + 1] = [random.choice(_callable())[0]]
        else:
            pieces = [*pieces[:at], _drawn(random, 1), *pieces[at + 1 :]]
    return "".join(pieces)
