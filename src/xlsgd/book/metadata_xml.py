"""Marks on cells: ``cm`` (a dynamic array) and ``vm`` (an error that older versions of Excel do not know).

A cell with a mark holds the position, from 1, of a block in ``xl/metadata.xml``. A block names a type and the position
of its record; ``#SPILL!``, ``#CALC!`` and kin are stored as ``#VALUE!`` with a record in ``xl/richData``.
Sources: ECMA-376 part 1, 18.9; Microsoft, [MS-XLSX] 2.3.9 and 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from ..values import CellError
from . import markup
from .package import Package, Relation

_BY_NUMBER = {error.number - 1: error for error in CellError}  # errorType is ERROR.TYPE - 1


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks of a workbook's cells mean. static: values of ``cm`` known not to be a dynamic array."""

    static: frozenset[str] = frozenset()
    errors: dict[str, CellError] = field(default_factory=dict)

    def dynamic(self, mark: str | None) -> bool:
        """Whether a cell with this ``cm`` is a dynamic array. A mark that cannot be resolved is taken for one."""
        return mark is not None and mark != "0" and mark not in self.static


def read_marks(package: Package, relations: list[Relation]) -> Marks:
    """The marks of a workbook by the relationships of its main part."""
    root = _root(package, relations, "sheetMetadata")
    if root is None:
        return Marks()
    types = [item.get("name", "") for item in markup.children(markup.child(root, "metadataTypes"), "metadataType")]
    futures = {
        item.get("name", ""): list(markup.children(item, "bk")) for item in markup.children(root, "futureMetadata")
    }
    static = {
        str(place)
        for place, record in _blocks(root, "cellMetadata", types, futures)
        if record is not None and not _is_dynamic(record)
    }
    rich = _rich_errors(package, relations)
    errors: dict[str, CellError] = {}
    for place, record in _blocks(root, "valueMetadata", types, futures):
        number = -1 if record is None else next((markup.number(x, "i", -1) for x in record.iter("{*}rvb")), -1)
        if number in rich:
            errors[str(place)] = rich[number]
    return Marks(frozenset(static), errors)


def _root(package: Package, relations: list[Relation], kind: str) -> etree._Element | None:
    part = next((relation.target for relation in relations if relation.kind == kind), None)
    data = package.get(part) if part else None
    return markup.parse(data, part or "") if data is not None else None


def _blocks(
    root: etree._Element, name: str, types: list[str], futures: dict[str, list[etree._Element]]
) -> list[tuple[int, etree._Element | None]]:
    found: list[tuple[int, etree._Element | None]] = []
    for place, block in enumerate(markup.children(markup.child(root, name), "bk"), 1):
        record = None
        for item in markup.children(block, "rc"):
            kind, index = markup.number(item, "t", 0) - 1, markup.number(item, "v", -1)
            records = futures.get(types[kind], []) if 0 <= kind < len(types) else []
            record = records[index] if 0 <= index < len(records) else record
        found.append((place, record))
    return found


def _is_dynamic(record: etree._Element) -> bool:
    return any(markup.truth(item, "fDynamic") for item in record.iter("{*}dynamicArrayProperties"))


def _rich_errors(package: Package, relations: list[Relation]) -> dict[int, CellError]:
    values, structures = _root(package, relations, "rdRichValue"), _root(package, relations, "rdRichValueStructure")
    shapes: list[int | None] = []  # of each structure the place of its errorType, None where it is no error
    for shape in markup.children(structures, "s"):
        keys = [key.get("n") for key in markup.children(shape, "k")]
        is_error = shape.get("t") == "_error" and "errorType" in keys
        shapes.append(keys.index("errorType") if is_error else None)
    found: dict[int, CellError] = {}
    for index, value in enumerate(markup.children(values, "rv")):
        shape_index = markup.number(value, "s", -1)
        place = shapes[shape_index] if 0 <= shape_index < len(shapes) else None
        fields = [item.text or "" for item in markup.children(value, "v")]
        if place is not None and place < len(fields) and fields[place].isdecimal() and len(fields[place]) < 10:
            found[index] = _BY_NUMBER.get(int(fields[place]), CellError.VALUE)
    return found
