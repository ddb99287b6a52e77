"""Generating a large workbook: xlsgd's writer against xlsxwriter, which is fed the same cells.

    python -m benchmarks.writers xlsgd|xlsxwriter WORKBOOK TARGET

Prints the seconds and the size of the file as JSON. The cells come from the workbook, with the values that it
stores; reading it counts in neither time.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from xlsgd import load
from xlsgd.book import Book


def ours(book: Book, target: Path) -> float:
    """Seconds of ``xlsgd.book.writer.write``."""
    from xlsgd.book.writer import write

    clock = time.perf_counter()
    write(book, target)
    return time.perf_counter() - clock


def xlsxwriter(book: Book, target: Path) -> float:
    """Seconds of xlsxwriter in its leanest and fastest mode, ``constant_memory``, which wants row after row."""
    import xlsxwriter

    from .sheets import FIRST, LAYOUTS

    cells: list[tuple[Any, list[Any]]] = []
    for layout in LAYOUTS:
        sheet = book.sheet(layout.name)
        rows = range(FIRST, max(row for row, _ in sheet.formulas) + 1)
        columns = [ord(letter) - ord("A") + 1 for letter in layout.formulas]
        cells.append(
            (
                layout,
                [
                    (sheet.constants[row, 1], sheet.constants[row, 2], [sheet.cached[row, col] for col in columns])
                    for row in rows
                ],
            )
        )
    clock = time.perf_counter()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as workbook:
        for layout, rows_of in cells:
            _fill(workbook.add_worksheet(layout.name), layout, rows_of)
    return time.perf_counter() - clock


def _fill(sheet: Any, layout: Any, rows: list[Any]) -> None:
    from .sheets import FIRST

    for name, value in sorted(layout.head.items(), key=lambda item: (int(item[0][1:]), item[0])):
        sheet.write(name, value)
    columns = [(ord(letter) - ord("A"), *texts) for letter, texts in layout.formulas.items()]
    for row, (x, y, values) in enumerate(rows, FIRST):
        sheet.write_number(row - 1, 0, x)
        sheet.write_number(row - 1, 1, y)
        for (col, first, down), value in zip(columns, values, strict=True):
            text = (first if row == FIRST else down).format(r=row, p=row - 1)
            sheet.write_formula(row - 1, col, text, None, value)


if __name__ == "__main__":
    _, name, source, target = sys.argv
    seconds = {"xlsgd": ours, "xlsxwriter": xlsxwriter}[name](load(source), Path(target))
    print(json.dumps({"seconds": seconds, "bytes": Path(target).stat().st_size}))
