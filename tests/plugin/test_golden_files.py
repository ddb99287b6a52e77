"""Golden files as text: nothing is lost, what differs is found, a damaged one is told in a line."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from xlsgd import UnreadableError, calculate
from xlsgd.book import Book, Formula, Sheet
from xlsgd.check.golden import (
    ADDED,
    FORMAT,
    GONE,
    Golden,
    from_golden,
    from_stored,
    golden_of,
    golden_text,
    read_golden,
)
from xlsgd.engine.base import Result, Values
from xlsgd.report.item_text import apart_lines, show_value
from xlsgd.values import CellError, Unsupported

VALUES = some.one_of(
    some.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0),
    some.text(some.characters(codec="utf-8"), max_size=5),
    some.booleans(),
    some.none(),
    some.sampled_from(CellError),
    some.builds(Unsupported, some.text(some.characters(codec="utf-8"), min_size=1, max_size=5)),
)


def values_of(cells: dict[tuple[int, int], Result]) -> Values:
    """Values of a sheet "s" whose cells have no formula that matters."""
    sheet = Sheet("s", formulas={cell: Formula("1", cell) for cell in cells})
    return Values(Book([sheet]), [dict(cells)], "native")


def bits(value: Result) -> object:
    return struct.pack("<d", value) if isinstance(value, float) else (type(value), value)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no mistake
@given(
    some.dictionaries(some.tuples(some.integers(1, 9), some.integers(1, 9)), VALUES, max_size=6), some.integers(0, 9)
)
def test_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[tuple[int, int], Result], ulp: int
) -> None:
    golden = golden_of(values_of(cells), ulp)
    path = tmp_path_factory.mktemp("golden") / "a.golden.json"
    path.write_text(golden_text(golden), "ascii")
    back = read_golden(path)
    assert back.ulp == ulp
    assert list(back.cells) == list(golden.cells)
    assert [bits(value) for value in back.cells.values()] == [bits(value) for value in golden.cells.values()]
    assert from_golden(back, values_of(cells)) == []


def test_the_text_is_sorted_one_cell_a_line() -> None:
    book = Book([Sheet("b", formulas={(1, 1): Formula("1", (1, 1))}), Sheet("ä", {}, {}), Sheet("a", {}, {})])
    cells: dict[tuple[int, int], Result] = {(10, 1): "\x1b é", (2, 3): CellError.NUM, (2, 28): 1e-300, (1, 1): None}
    text = golden_text(golden_of(Values(book, [{(1, 1): 0.1 + 0.2}, {}, cells], "native"), 3))
    assert text == (
        "{\n"
        '  "format": "xlsgd golden 1",\n'
        '  "ulp": 3,\n'
        '  "cells": {\n'
        '    "a!A1": null,\n'
        '    "a!C2": {"error": "#NUM!"},\n'
        '    "a!AB2": 1e-300,\n'
        '    "a!A10": "\\u001b \\u00e9",\n'
        '    "b!A1": 0.30000000000000004\n'
        "  }\n"
        "}\n"
    )
    assert json.loads(golden_text(Golden({})))["cells"] == {}


@pytest.mark.parametrize(
    ("wanted", "found", "allowed", "ulp"),
    [
        (1.0, 1.0000000000000002, 0, 1),
        (1.0, 1.0000000000000002, 1, "same"),
        (1.0, 0.9999999999999998, 1, 2),
        (0.0, -0.0, 0, "same"),
        (5e-324, -5e-324, 1, 2),
        (1.0, True, 10**20, None),
        (1.0, "1", 10**20, None),
        (0.0, None, 10**20, None),
        (CellError.NUM, CellError.DIV0, 10**20, None),
        (CellError.NUM, CellError.NUM, 0, "same"),
        (Unsupported("a"), Unsupported("b"), 0, "same"),
        (Unsupported("a"), 1.0, 10**20, None),
        ("a", "A", 0, None),
    ],
)
def test_what_counts_as_different(wanted: Result, found: Result, allowed: int, ulp: int | str | None) -> None:
    apart = from_golden(Golden({"s!A1": wanted}, allowed), values_of({(1, 1): found}))
    assert [one.ulp for one in apart] == ([] if ulp == "same" else [ulp])


def test_cells_that_one_side_lacks() -> None:
    apart = from_golden(Golden({"s!A1": 1.0, "gone!A1": 2.0}), values_of({(1, 1): 1.0, (2, 1): 3.0}))
    assert [(one.cell, one.note) for one in apart] == [("s!A2", ADDED), ("gone!A1", GONE)]
    assert apart_lines(apart, 2, "a.json", 0, "golden")[1:] == [
        "  cell     golden  now  apart",
        "  s!A2     –       3.0  not in the golden file",
        "  gone!A1  2.0     –    no formula any more",
    ]


def test_causes_come_before_what_follows_from_them() -> None:
    """Though A1 is the first cell of the sheet, it is calculated last."""
    texts = {(1, 1): "SUM(C1:C4)", (1, 3): "2", (2, 3): "C1*2", (3, 3): "C2*2", (4, 3): "C3*2"}
    book = Book([Sheet("s", formulas={cell: Formula(text, cell) for cell, text in texts.items()})])
    values = calculate(book)
    golden = golden_of(values)
    assert from_golden(golden, values) == []
    old = {**golden.cells, **dict.fromkeys(("s!A1", "s!C2", "s!C3", "s!C4"), -1.0)}
    assert [one.cell for one in from_golden(Golden(old), values)] == ["s!C2", "s!C3", "s!C4", "s!A1"]


def test_stored_values_of_a_workbook() -> None:
    cells = {(1, 1): Formula("1+1", (1, 1)), (2, 1): Formula("A1*2", (2, 1)), (3, 1): Formula("A2*2", (3, 1))}
    values = calculate(Book([Sheet("s", {}, cells, {(1, 1): 2.0, (2, 1): math.nextafter(4.0, 5.0)})]))
    assert [(one.cell, one.golden, one.value, one.ulp) for one in from_stored(values)] == [
        ("s!A2", 4.000000000000001, 4.0, 1)
    ]
    assert from_stored(values, 1) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value: line 1 column 1"),
        ("[1]", '"format" is not'),
        ('{"format": "xlsgd golden 2", "cells": {}}', '"format" is not'),
        (f'{{"format": "{FORMAT}"}}', 'it has no "cells"'),
        (f'{{"format": "{FORMAT}", "cells": {{}}, "ulp": -1}}', '"ulp" is not a whole number'),
        (f'{{"format": "{FORMAT}", "cells": {{}}, "ulp": 0.5}}', '"ulp" is not a whole number'),
        (f'{{"format": "{FORMAT}", "cells": {{"s!A1": NaN}}}}', "NaN is no value of a cell"),
        (f'{{"format": "{FORMAT}", "cells": {{"s!A1": 1e999}}}}', "s!A1: Infinity is no value of a cell"),
        (f'{{"format": "{FORMAT}", "cells": {{"s!A1": 1{"0" * 400}}}}}', "too large"),
        (f'{{"format": "{FORMAT}", "cells": {{"s!A1": {{"error": "#NOPE!"}}}}}}', "is no value of a cell"),
        (f'{{"format": "{FORMAT}", "cells": {{"s!A1": {{"error": []}}}}}}', "is no value of a cell"),
        (f'{{"format": "{FORMAT}", "cells": {{"s!A1": [1]}}}}', "is no value of a cell"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_damaged_golden_file_is_one_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "a.golden.json"
    path.write_text(text)
    with pytest.raises(UnreadableError) as caught:
        read_golden(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: this golden file cannot be read: ")
    assert why in message
    assert message.endswith("; renew it with pytest --xlsgd-update")
    assert "\n" not in message


def test_a_golden_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="No such file"):
        read_golden(tmp_path / "a.golden.json")
    (tmp_path / "b").write_bytes(b"\xff")
    with pytest.raises(UnreadableError, match="utf-8"):
        read_golden(tmp_path / "b")


def test_the_table_is_cut_and_safe_for_a_terminal() -> None:
    cells: dict[tuple[int, int], Result] = {(row, 1): float(row) for row in range(1, 31)}
    golden = Golden({f"s!A{row}": 2.0 * row for row in range(1, 31)})
    lines = apart_lines(from_golden(golden, values_of(cells)), 30, "a\x1b[31m\n.json", 2, "golden")
    assert lines[0] == "30 of 30 cells differ from a [31m .json (2 ULP allowed)"
    assert len(lines) == 13
    assert lines[-1] == "  … and 20 more"
    assert lines[2].split() == ["s!A1", "2.0", "1.0", "4.5e+15", "ULP"]
    assert show_value("x" * 100) == "'" + "x" * 39 + "…'"
    assert "\x1b" not in show_value("\x1b[31m")
