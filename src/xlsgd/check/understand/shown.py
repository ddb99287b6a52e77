"""What was understood, as plain data for ``xlsgd verify --show-roles``."""

from __future__ import annotations

from typing import Any

from ...address import cell_name, column_name
from ...book import Book
from .base import Block, Place


def show_roles(book: Book, blocks: list[Block]) -> list[dict[str, Any]]:
    """A dict a block: sheet, variant, form, rows, columns and settings, addresses as people write them."""
    return [_block(book, block) for block in blocks]


def _block(book: Book, block: Block) -> dict[str, Any]:
    columns = [
        {
            "column": str(col) if block.across else column_name(col),
            "name": column.name,
            "role": column.role,
            "of": column.of,
            "kind": column.kind,
        }
        for col, column in sorted(block.columns.items())
    ]
    settings = {
        name: {
            "value": setting.value,
            "cell": _cell(book, setting.place) if setting.place else None,
            "column": column_name(setting.column) if setting.column and not block.across else setting.column,
        }
        for name, setting in block.settings.items()
    }
    return {
        "sheet": book.sheets[block.sheet].name,
        "variant": block.variant_name,
        "model": block.model,
        "gradient": block.gradient,
        "optimizer": block.optimizer,
        "nearest": block.nearest,
        "form": block.form,
        "direction": "across" if block.across else "down",
        "first": block.first,
        "last": block.last,
        "columns": columns,
        "settings": settings,
        "starts": {name: _cell(book, place) for name, place in block.starts.items()},
    }


def _cell(book: Book, place: Place) -> str:
    return f"{book.sheets[place[0]].name}!{cell_name(place[1], place[2])}"
