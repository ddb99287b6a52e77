"""Rows of a worksheet in the form in which nearly every program writes them, taken apart by one regular expression.

A row that is written in any other way (comments, inline strings, attributes before ``r``, a missing name, …) is not
an error here: it is left to the XML parser, and so are the attributes of tags, each way of writing them once.
Source: ECMA-376 part 1, 18.3.1.73 (row), 18.3.1.4 (c), 18.3.1.40 (f).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from lxml import etree

from ..address import MAX_COL, column_number
from .book import Cell

CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>/]*+)'
    rb"(?:(/)>|>(?:<f((?: [^<>/]*+)?)(?:/>|>([^<]*+)</f>))?(?:<v>([^<]*+)</v>)?</c>)"
)
_MAX_KNOWN, _MAX_ROWS_KNOWN = 10_000, 100
_LONGEST = 1000  # bytes of a tag's attributes
GROUPS = 8  # of a match of CELL, with what stands before it
_SPACE = b" \t\n"
_NOT_PLAIN = bytes(range(9)) + bytes(range(11, 32)) + b"\x7f"
_ENTITY = re.compile(rb"&(?:lt|gt|quot|apos|amp);")
_ROW_TAG = re.compile(
    rb'(?: spans="[0-9:]+")?(?: s="[0-9]+")?(?: customFormat="1")?(?: ht="[0-9.]+")?(?: hidden="([01])")?'
    rb'(?: customHeight="1")?(?: thickTop="1")?(?: thickBot="1")?(?: (x14ac:)dyDescent="[0-9.]+")?'
)
_CELL_TAG = re.compile(rb'(?: s="[0-9]+")?(?: t="([A-Za-z]+)")?')
_FORMULA_TAG = re.compile(rb' t="shared"(?: ref="([A-Z0-9:]+)")? si="([0-9]+)"')


class CellTag(NamedTuple):
    """The attributes of a ``c`` element that matter."""

    kind: str | None
    mark: str | None
    value_mark: str | None


class FormulaTag(NamedTuple):
    """The attributes of an ``f`` element that matter."""

    kind: str | None = None
    ref: str | None = None
    group: str = ""


class RowTag(NamedTuple):
    """The attributes of a ``row`` element that matter, beside its number."""

    hidden: bool


class PlainRow(NamedTuple):
    """A row taken apart; all sequences have an entry a cell.

    empty: the row is ``<row …/>``. tag, tags, formula_tags: attributes as written (None: no formula). gaps: the white
    space before each cell, and behind the last. closed: ``b"/"`` where the cell is ``<c …/>``. formulas, values: the
    text as written; None where there is none.
    """

    number: int
    own: bytes
    tag: bytes
    empty: bool
    columns: tuple[int, ...]
    letters: tuple[bytes, ...]
    gaps: Sequence[bytes]
    tags: tuple[bytes, ...]
    closed: tuple[bytes | None, ...]
    formula_tags: tuple[bytes | None, ...]
    formulas: tuple[bytes | None, ...]
    values: Sequence[bytes | None]


class Told(NamedTuple):
    """What cells say, an entry a cell: where they are, and the rest as in :class:`PlainRow`."""

    keys: Sequence[Cell]
    tags: Sequence[bytes]
    formula_tags: Sequence[bytes | None]
    formulas: Sequence[bytes | None]
    values: Sequence[bytes | None]

    @classmethod
    def of(cls, row: PlainRow) -> Told:
        keys = [(row.number, col) for col in row.columns]
        return cls(keys, row.tags, row.formula_tags, row.formulas, row.values)


def plain_text(raw: bytes) -> str | None:
    """The text that some bytes between two tags tell; None where only an XML parser can say."""
    return unescaped(raw) if is_clean(raw) else None


def unescaped(raw: bytes) -> str:
    """A text that :func:`plain_row` or :func:`plain_text` let pass."""
    text = raw.decode("utf-8")
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
        text = text.replace("&amp;", "&")
    return text


@dataclass(slots=True)
class Tags:
    """Reads the attributes of tags, each way of writing them once.

    root: the part's start tag, for its prefixes. numeric, unmarked: those of cells with a number and without ``cm``.
    """

    root: bytes
    rows: dict[bytes, RowTag | None]
    cells: dict[bytes, CellTag | None]
    formulas: dict[bytes, FormulaTag | None]
    columns: dict[bytes, tuple[int, ...] | None]
    numeric: set[bytes]
    unmarked: set[bytes]

    @classmethod
    def of(cls, root: bytes) -> Tags:
        return cls(root, {}, {}, {b"": FormulaTag()}, {}, set(), set())

    def row(self, written: bytes) -> RowTag | None:
        """What a row's attributes say (but for the number); None where they are not well-formed."""
        if written in self.rows:
            return self.rows[written]
        match, tag = _ROW_TAG.fullmatch(written), None
        if match is not None and (not match[2] or b' xmlns:x14ac="' in self.root):
            tag = RowTag(match[1] == b"1")
        elif (found := self.element(b'<row r="1"' + written + b"/>")) is not None:
            tag = RowTag(found.get("hidden") in {"1", "true"})
        self.rows[written] = tag
        return tag

    def cell(self, written: bytes) -> CellTag | None:
        """What a cell's attributes say (but for its name); None where they are not well-formed."""
        if written in self.cells:
            return self.cells[written]
        match, tag = _CELL_TAG.fullmatch(written), None
        if match is not None:
            tag = CellTag(match[1].decode() if match[1] else None, None, None)
        elif (found := self.element(b'<c r="A1"' + written + b"/>")) is not None:
            tag = CellTag(found.get("t"), found.get("cm"), found.get("vm"))
        self.cells[written] = tag
        if tag is not None and tag.kind in (None, "n"):
            self.numeric.add(written)
        if tag is not None and tag.mark is None:
            self.unmarked.add(written)
        return tag

    def formula(self, written: bytes) -> FormulaTag | None:
        """What the attributes of an ``f`` element say; None where they are not well-formed."""
        if written in self.formulas:
            return self.formulas[written]
        match, tag = _FORMULA_TAG.fullmatch(written), None
        if match is not None:
            tag = FormulaTag("shared", match[1].decode() if match[1] else None, match[2].decode())
        elif (found := self.element(b"<f" + written + b"/>")) is not None:
            tag = FormulaTag(found.get("t"), found.get("ref"), found.get("si", ""))
        self.formulas[written] = tag
        return tag

    def columns_of(self, letters: bytes) -> tuple[int, ...] | None:
        """The columns of a row's cells, their letters with spaces between; None where they do not go from left to right
        within the grid."""
        if letters not in self.columns:
            numbers = tuple(column_number(name) for name in letters.decode().split())
            sound = all(one < two for one, two in pairwise(numbers))
            self.columns[letters] = numbers if sound and (not numbers or numbers[-1] <= MAX_COL) else None
        return self.columns[letters]

    def trim(self) -> None:
        """Forgets what it knows where that has become much: a part with a new way in each row must not fill memory."""
        every: tuple[dict[bytes, Any], ...] = (self.rows, self.cells, self.formulas)
        for known in every:
            if len(known) > _MAX_KNOWN:
                known.clear()
        if not self.cells:
            self.numeric.clear()
            self.unmarked.clear()
        if len(self.columns) > _MAX_ROWS_KNOWN:
            self.columns.clear()

    def element(self, inner: bytes) -> etree._Element | None:
        """The only element of some XML as it reads within the part; None where it is not one well-formed element."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(self.root + inner + b"</worksheet>", parser)
        except etree.LxmlError:
            return None
        return root[0] if len(root) == 1 and not root.text and not root[0].tail else None


def plain_row(own: bytes, tag: bytes, inner: bytes | None, tags: Tags) -> PlainRow | None:
    """Takes a row apart; ``inner``: what stands between ``<row r="own"tag>`` and ``</row>``, None of ``<row …/>``.

    Returns None where the row is not plain.
    """
    tags.trim()
    if len(tag) > _LONGEST or tags.row(tag) is None:
        return None
    if inner is None:
        return PlainRow(int(own), own, tag, True, (), (), (b"",), (), (), (), (), ())
    if not is_clean(inner):
        return None
    pieces = CELL.split(inner)
    gaps = pieces[::GROUPS]
    if any(gaps) and any(gap.strip(_SPACE) for gap in gaps):
        return None
    letters = tuple(pieces[1::GROUPS])
    columns = tags.columns_of(b" ".join(letters))
    if columns is None or pieces[2::GROUPS].count(own) != len(letters):
        return None
    written, formulas = tuple(pieces[3::GROUPS]), tuple(pieces[5::GROUPS])
    if not all_known(written, tags.cells, tags.cell) or not all_known(formulas, tags.formulas, tags.formula):
        return None
    return PlainRow(
        int(own),
        own,
        tag,
        False,
        columns,
        letters,
        gaps,
        written,
        tuple(pieces[4::GROUPS]),
        formulas,
        tuple(pieces[6::GROUPS]),
        pieces[7::GROUPS],
    )


def all_known(
    written: Sequence[bytes | None],
    known: Mapping[bytes, NamedTuple | None],
    learn: Callable[[bytes], NamedTuple | None],
) -> bool:
    """Whether the attributes of some tags are well-formed and known, after ``learn`` has had a look at them."""
    return all(
        one is None or known.get(one) is not None or (len(one) <= _LONGEST and learn(one) is not None)
        for one in set(written)
    )


def is_clean(inner: bytes) -> bool:
    """Whether all characters stand for themselves or are one of the five entities, and XML allows them."""
    if len(inner.translate(None, _NOT_PLAIN)) != len(inner) or b"]]>" in inner:
        return False
    if b"&" in inner and b"&" in _ENTITY.sub(b"", inner):
        return False
    return inner.isascii() or _is_utf8(inner)


def _is_utf8(inner: bytes) -> bool:
    try:
        text = inner.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text
