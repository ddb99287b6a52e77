"""Small workbook files made from XML text, so that a test shows the bytes that it is about."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHARED = Path(__file__).parents[2] / "shared" / "workbooks"


def relations(*targets: tuple[str, str]) -> str:
    """A part of relationships: (kind, target), their ids rId1, rId2, …"""
    items = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )


def workbook(inner: str, space: str = MAIN) -> str:
    return f'<workbook xmlns="{space}" xmlns:r="{OFFICE}">{inner}</workbook>'


def sheet(rows: str, behind: str = "", space: str = MAIN) -> str:
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{behind}</worksheet>'


def strings(*texts: str) -> str:
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst xmlns="{MAIN}">{items}</sst>'


def parts(rows: str, behind: str = "") -> dict[str, str]:
    """The parts of a workbook with one sheet, named S, shared strings "one" and "two"."""
    return {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook('<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": strings("one", "two"),
        "xl/worksheets/sheet1.xml": sheet(rows, behind),
    }


def save(path: Path, contents: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def unzip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
