"""The gallery's workbooks and its page, ``docs/gallery.md``, every number of which is read from the workbooks.

``scripts/gallery`` runs this. With ``--pictures`` LibreOffice and pdftoppm make the pictures, too.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import xlsgd
from xlsgd.api import demo
from xlsgd.book import Book
from xlsgd.book.writer import write
from xlsgd.gallery import Exhibit, gallery
from xlsgd.sheet import Told
from xlsgd.sheet.exhibits import make_exhibit
from xlsgd.values import Scalar

ROOT = Path(__file__).parents[1]
WORKBOOKS, PAGE, PICTURES = ROOT / "workbooks", ROOT / "docs" / "gallery.md", ROOT / "docs" / "pictures"
BY = "<!-- Written by scripts/gallery from the workbooks: edit src/xlsgd/gallery instead. -->"
HOLE = re.compile(r"\{([^:{}]+):([^:{}]+)(?::([^{}]*))?\}")
RESOLUTION, WIDTH, HEIGHT, COLOURS = 80, 1500, 760, 128  # dots an inch, pixels, colours

INTRODUCTION = """\
Each workbook opens in Excel or LibreOffice, calculates live, and begins with a sheet of contents: what it asks, what to
try, and a link to every sheet. `xlsgd demo -o DIR` makes them all anew and compares every training row with NumPy; the
files in [workbooks](../workbooks) are the same, cell by cell. LibreOffice knows all their functions but those of the
sheets with a single formula (LET, LAMBDA, REDUCE), which are for Excel 365.

√Σe² is the root of an epoch's summed squared errors, each taken with the weights of its own row; for the classifier the
mean error stands in its place."""


@dataclass(frozen=True)
class Hung:
    """A workbook as it is on disk, and how its training sheets are laid out."""

    exhibit: Exhibit
    book: Book
    tolds: dict[str, Told]
    names: list[str]

    def value(self, sheet: str, key: str) -> Scalar:
        """What a cell of a training sheet holds: of the summary, the results, or ``column@step``."""
        told, found = self.tolds[sheet], self.book.sheet(sheet)
        column, _, step = key.partition("@")
        if step:
            cell = (told.rows[0] + int(step) - 1, told.columns[column])
        else:
            cell = told.summary[key] if key in told.summary else told.results[key]
        return found.cached[cell] if cell in found.formulas else found.constants[cell]


def hang(exhibit: Exhibit, folder: Path = WORKBOOKS) -> Hung:
    """A workbook of the gallery from its file."""
    book, tolds = make_exhibit(exhibit)
    names = [sheet.name for sheet in book.sheets]
    return Hung(exhibit, xlsgd.load(folder / exhibit.file), {told.sheet.name: told for told in tolds}, names)


def page(folder: Path = WORKBOOKS) -> str:
    """The whole page."""
    hung = [hang(exhibit, folder) for exhibit in gallery()]
    parts = ["# Gallery", BY, INTRODUCTION, _index(hung)]
    for one in hung:
        parts += [f"## {one.exhibit.title}", *_section(one)]
    return "\n\n".join(parts) + "\n"


def _index(hung: list[Hung]) -> str:
    rows = ["| workbook | question | training sheets |", "|---|---|---:|"]
    for one in hung:
        exhibit = one.exhibit
        link = f"[{exhibit.title}](#{_anchor(exhibit.title)})"
        rows.append(f"| {link} | {exhibit.question} | {len(exhibit.shows)} |")
    return "\n".join(rows)


def _section(one: Hung) -> list[str]:
    exhibit = one.exhibit
    picture = f"![{exhibit.picture}, a sheet of {exhibit.file}](pictures/{exhibit.name}.png)"
    findings = "\n".join(f"- {filled(sentence, one)}" for sentence in exhibit.findings)
    tries = "\n".join(f"- {sentence}" for sentence in exhibit.tries)
    lead = f"{exhibit.question} [{exhibit.file}](../workbooks/{exhibit.file})"
    heads = ["What to look for:", findings, _table(one), "Try:", tries, f"**Why.** {exhibit.mathematics}"]
    return [lead, picture, *heads]


def _table(one: Hung) -> str:
    keys = {
        sheet: "mean_error" if "mean_error_1" in told.summary else "root_sum_error" for sheet, told in one.tolds.items()
    }
    measure = "mean error" if "mean_error" in keys.values() else "√Σe²"
    rows = [
        f"| sheet | what it shows | {measure}, first epoch | last epoch | explodes at step |",
        "|---|---|---:|---:|---|",
    ]
    for show in one.exhibit.shows:
        epochs = (1, show.variant.epochs)
        ends = [shown(one.value(show.sheet, f"{keys[show.sheet]}_{epoch}"), ".5g") for epoch in epochs]
        exploded = shown(one.value(show.sheet, "exploded"), ".0f")
        rows.append(f"| {show.sheet} | {show.about} | {' | '.join(ends)} | {exploded} |")
    return "\n".join(rows)


def filled(sentence: str, one: Hung) -> str:
    """A finding with its numbers. Raises KeyError where the workbook has no such cell."""
    return HOLE.sub(lambda hole: shown(one.value(hole[1], hole[2]), hole[3] or ".4g"), sentence)


def shown(value: Scalar, form: str) -> str:
    """A cell's value in a sentence."""
    return format(value, form) if isinstance(value, float) else str(value)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def write_page() -> None:
    """Beside and then renamed."""
    part = PAGE.with_suffix(".part")
    part.write_text(page(), "utf-8")
    os.replace(part, PAGE)


def draw(exhibit: Exhibit, target: Path) -> None:
    """The upper left part of the sheet that the page shows. Wants LibreOffice, pdftoppm and Pillow."""
    from PIL import Image

    option = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}'
    with tempfile.TemporaryDirectory() as folder:
        source, stem = Path(folder, exhibit.file), Path(folder, "page")
        write(_frozen(exhibit), source)
        office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", option]
        subprocess.run([*office, "--outdir", folder, str(source)], check=True, timeout=300, capture_output=True)
        number = str(hang(exhibit).names.index(exhibit.picture) + 1)
        pages = ["-f", number, "-l", number, "-singlefile"]
        crop = ["-r", str(RESOLUTION), "-x", "0", "-y", "0", "-W", str(WIDTH), "-H", str(HEIGHT)]
        subprocess.run(["pdftoppm", *pages, *crop, "-png", source.with_suffix(".pdf"), stem], check=True, timeout=300)
        with Image.open(stem.with_suffix(".png")) as image:
            image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def _frozen(exhibit: Exhibit) -> Book:
    """The workbook with its stored values typed in, since LibreOffice does not know LAMBDA."""
    book, _ = make_exhibit(exhibit)
    for sheet, kept in zip(book.sheets, xlsgd.load(WORKBOOKS / exhibit.file).sheets, strict=True):
        sheet.constants |= kept.cached
        sheet.formulas.clear()
    return book


def main() -> int:
    """Write the workbooks, the pictures where they are asked for, and the page."""
    WORKBOOKS.mkdir(exist_ok=True)
    outcomes = demo(WORKBOOKS, jobs=os.cpu_count() or 1)
    for exhibit in gallery() if "--pictures" in sys.argv[1:] else ():
        PICTURES.mkdir(exist_ok=True)
        draw(exhibit, PICTURES / f"{exhibit.name}.png")
    write_page()
    wrong = [line for outcome in outcomes for line in outcome.lines()]
    print(f"{len(outcomes)} sheets", *wrong, sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
