"""Golden files: the values of a workbook kept as text, and what differs from them.

A golden file is JSON, one cell a line, with the names and values of ``calc --json``. Its numbers are the shortest
decimals that read back to the same doubles, so nothing is lost; sorted by sheet, row and column it shows in a diff
what changed::

    {
      "format": "xlsgd golden 1",
      "ulp": 0,
      "cells": {
        "adam!L4": 0.30000000000000004,
        "adam!L5": {"error": "#NUM!"}
      }
    }
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ..address import cell_name, parse_cell
from ..book.columns import plain
from ..engine.base import Result, Values
from ..errors import UnreadableError
from ..plan import make_plan
from ..values import ERRORS, CellError, Unsupported, ulps
from .cached import differing_cached

FORMAT = "xlsgd golden 1"
SUFFIX = ".golden.json"
"""What a golden file beside its workbook adds to the workbook's name."""

GONE, ADDED = "no formula any more", "not in the golden file"


@dataclass(frozen=True, slots=True)
class Golden:
    """The values of formula cells by name, such as ``adam!L4``. ulp: how many doubles a number may be away."""

    cells: Mapping[str, Result]
    ulp: int = 0


@dataclass(frozen=True, slots=True)
class Apart:
    """A cell that is not what it should be. ulp: how many doubles apart, None where not both are numbers.

    note: GONE where there is no value any more, ADDED where there was none.
    """

    cell: str
    golden: Result
    value: Result
    ulp: int | None = None
    note: str = ""


def golden_of(values: Values, ulp: int = 0) -> Golden:
    """What a golden file of these values holds: every formula cell and what array formulas fill, sorted."""
    sheets = zip(values.book.sheets, values.results, strict=True)
    cells: dict[str, Result] = {}
    for sheet, results in sorted(sheets, key=lambda pair: pair[0].name):
        found = plain(results)
        cells.update((f"{sheet.name}!{cell_name(*cell)}", found[cell]) for cell in sorted(found))
    return Golden(cells, ulp)


def golden_text(golden: Golden) -> str:
    """The text of a golden file, ASCII, the same for the same values on every machine."""
    lines = [f"    {json.dumps(name)}: {_json(value)}" for name, value in golden.cells.items()]
    cells = ",\n".join(lines)
    return f'{{\n  "format": "{FORMAT}",\n  "ulp": {golden.ulp},\n  "cells": {{\n{cells}\n  }}\n}}\n'


def read_golden(path: Path) -> Golden:
    """Read a golden file. Raises UnreadableError."""
    try:
        document = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
        return _golden(document)
    except (ValueError, RecursionError, OverflowError) as error:
        _refuse(path, str(error))
    except OSError as error:
        _refuse(path, error.strerror or str(error))


def from_golden(golden: Golden, values: Values, ulp: int | None = None) -> list[Apart]:
    """The cells that differ from a golden file, also those that one side lacks, in the order of calculation.

    ulp: how many doubles a number may be away; None: what the golden file states.
    """
    allowed = golden.ulp if ulp is None else ulp
    return _in_order(values, _differing(golden.cells, golden_of(values).cells, allowed))


def from_stored(values: Values, ulp: int = 0) -> list[Apart]:
    """The cells whose value differs from the one that the file itself stores, in the order of calculation.

    Cells without a stored value and cells that the engine could not calculate are left out.
    """
    several = (
        Apart(f"{one.sheet}!{cell_name(*one.cell)}", one.cached, one.value, _distance(one.cached, one.value))
        for one in differing_cached(values)
    )
    return _in_order(values, (one for one in several if _beyond(one.ulp, ulp)))


def _differing(golden: Mapping[str, Result], found: Mapping[str, Result], allowed: int) -> Iterator[Apart]:
    for name, wanted in golden.items():
        if name not in found:
            yield Apart(name, wanted, None, note=GONE)
            continue
        value = found[name]
        distance = _distance(wanted, value)
        if _beyond(distance, allowed) if distance is not None else not _same(wanted, value):
            yield Apart(name, wanted, value, distance)
    for name in found.keys() - golden.keys():
        yield Apart(name, None, found[name], note=ADDED)


def _distance(one: Result, two: Result) -> int | None:
    return ulps(one, two) if type(one) is float and type(two) is float else None


def _beyond(distance: int | None, allowed: int) -> bool:
    return distance is None or distance > allowed


def _same(one: Result, two: Result) -> bool:
    """Equal and of one kind; two cells without an answer are alike, whatever the reason."""
    if isinstance(one, Unsupported) and isinstance(two, Unsupported):
        return True
    return type(one) is type(two) and one == two


def _in_order(values: Values, several: Iterable[Apart]) -> list[Apart]:
    """Cells in the order in which they are calculated, so that a cause comes before what follows from it.

    Cells without a formula of their own come last.
    """
    places: dict[tuple[int, int, int], Apart] = {}
    lost: list[Apart] = []
    for one in several:
        sheet, _, cell = one.cell.rpartition("!")
        index, place = values.book.index(sheet), parse_cell(cell)
        if index is None or place is None:
            lost.append(one)
        else:
            places[index, *place] = one
    steps = make_plan(values.book).steps if places else ()
    ordered = [places.pop(place) for step in steps for place in step.cells() if place in places]
    return [*ordered, *(places[place] for place in sorted(places)), *lost]


def _json(value: Result) -> str:
    if isinstance(value, CellError):
        return json.dumps({"error": value.text})
    if isinstance(value, Unsupported):
        return json.dumps({"unsupported": value.reason})
    return json.dumps(value, allow_nan=False)


def _golden(document: Any) -> Golden:
    """Raises ValueError where the document is none."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'its "format" is not "{FORMAT}"')
    ulp, cells = document.get("ulp", 0), document.get("cells")
    if type(ulp) is not int or ulp < 0:
        raise ValueError('"ulp" is not a whole number from 0 on')
    if not isinstance(cells, dict):
        raise ValueError('it has no "cells"')
    return Golden({name: _value(name, held) for name, held in cells.items()}, ulp)


def _value(name: str, held: Any) -> Result:
    if held is None or isinstance(held, bool | str):
        return held
    if isinstance(held, int | float):
        number = float(held)
        if math.isfinite(number):
            return number
    if isinstance(held, dict) and len(held) == 1:
        [(kind, text)] = held.items()
        if kind == "error" and isinstance(text, str) and text in ERRORS:
            return ERRORS[text]
        if kind == "unsupported" and isinstance(text, str):
            return Unsupported(text)
    raise ValueError(f"{name}: {json.dumps(held)} is no value of a cell")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no value of a cell")


def _refuse(path: Path, why: str) -> NoReturn:
    cure = "renew it with pytest --xlsgd-update"
    raise UnreadableError(f"this golden file cannot be read: {why}; {cure}", path=path) from None
