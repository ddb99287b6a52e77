"""The page: well formed, alone (no network, no script), everything escaped, and it says what was found."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from xlsgd import api
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.writer import write
from xlsgd.check.curves import Curve, curves
from xlsgd.check.findings import FileReport, Finding, Report, SheetReport
from xlsgd.check.judge import with_values
from xlsgd.check.understand import understand
from xlsgd.cli import main
from xlsgd.errors import UsageError
from xlsgd.plan import make_plan
from xlsgd.report.html_chart import chart
from xlsgd.report.html_parts import Html, escape, page, tag
from xlsgd.variants import Adam, Linear, Linear2, Sgd, Steps, Variant

WORKBOOK = Path(__file__).parents[2] / "shared/workbooks/fastai+fastai1/courses/dl1/excel/graddesc.xlsm"
NASTY = '</td><script>alert(\'"&1")</script>'


class Outline(HTMLParser):
    """Checks that elements nest, and keeps their names, texts and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.names: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def alone(text: str) -> Outline:
    """The outline of a page, after checking that it asks for nothing from elsewhere."""
    outline = Outline(text)
    assert not {"script", "img", "link", "iframe", "object", "a"} & set(outline.names)
    assert not {"src", "href", "onload", "onclick"} & {name for name, _ in outline.attributes}
    assert not re.search(r"url\(|@import|https?:", text)
    assert "default-src 'none'" in dict(outline.attributes).values() or any(
        "default-src 'none'" in (value or "") for _, value in outline.attributes
    )
    return outline


def test_everything_is_escaped() -> None:
    assert escape(NASTY + "\x00\x0b") == "&lt;/td&gt;&lt;script&gt;alert(&#39;&quot;&amp;1&quot;)&lt;/script&gt;"
    made = tag("td", NASTY, [NASTY, None, tag("b", "x")], title=NASTY, class_=None, open=True)
    assert "<script" not in made
    assert made.startswith("<td title=")
    assert made.count("<b>x</b>") == 1
    assert isinstance(made, Html)
    assert "<script" not in page(NASTY, NASTY)


def test_a_nasty_report_stays_text(tmp_path: Path) -> None:
    fields = {"role": NASTY, "formula": NASTY, "expected_formula": NASTY, "value": NASTY, "expected": NASTY}
    cause = Finding("formula", "error", NASTY, "A1", NASTY, **fields)  # type: ignore[arg-type]  # texts
    follower = Finding("value", "error", NASTY, "A2", NASTY, cause=False, caused_by=cause.where)
    sheet = SheetReport(NASTY, NASTY, {"A": NASTY}, 3, 3, 0, (cause, follower), (NASTY,))
    whole = Finding("settings", "warning", "", None, NASTY)
    report = Report((FileReport(NASTY, (sheet,), (whole,)),))
    api.write_html(report, tmp_path / "out.html")
    text = (tmp_path / "out.html").read_text("utf-8")
    outline = alone(text)
    assert any(NASTY in one for one in outline.texts)
    assert "what follows from it: 1" in outline.texts


def test_cells_and_headings_of_the_workbook_are_escaped(tmp_path: Path) -> None:
    sheet = Sheet("<b>")
    sheet.constants.update({(1, 1): NASTY, (2, 1): 1.0})
    path = tmp_path / "in.xlsx"
    write(Book([sheet]), path)
    finding = Finding("data", "error", "<b>", "A2", "odd")
    report = Report((FileReport(str(path), (SheetReport("<b>", findings=(finding,)),)),))
    api.write_html(report, tmp_path / "out.html")
    outline = alone((tmp_path / "out.html").read_text("utf-8"))
    assert "td" in outline.names
    assert NASTY in outline.texts
    assert ("class", "cause") in outline.attributes


@pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the workbook {WORKBOOK.name} is not there")
def test_the_page_of_the_real_workbook(tmp_path: Path) -> None:
    api.write_html(api.verify(WORKBOOK), tmp_path / "out.html")
    text = (tmp_path / "out.html").read_text("utf-8")
    outline = alone(text)
    assert outline.names.count("svg") >= 8
    assert "=J4*$J$1+$K$1*F5" in outline.texts
    assert text.index("adam_ann!J5") < text.index("What is odd") < text.index("What was understood")
    assert any("they part at 6" in one for one in outline.texts)
    assert len(text) < 200_000


@pytest.mark.parametrize(
    "variant",
    [Variant(Linear(), epochs=2), Variant(Linear(), optimizer=Adam()), Variant(Linear2(), optimizer=Sgd(1e-5))],
)
def test_the_reference_is_the_workbooks_own_run(variant: Variant, tmp_path: Path) -> None:
    made = api.generate(variant, tmp_path / "in.xlsx")
    plan = with_values(make_plan(api.load(made.path)))
    [curve] = curves(plan.book, understand(plan.book, plan))
    assert curve.reference is not None
    assert curve.parts is None
    assert len(curve.own) == len(curve.reference) == 29 * variant.epochs


def test_where_the_two_part() -> None:
    from dataclasses import replace

    from xlsgd.check.curves import _parts

    curve = Curve(0, "error", (4, 5, 6, 7), (4.0, 3.0, 2.0, None), (4.0, 3.0, 2.0 + 1e-9, math.nan))
    assert _parts(curve) is None
    assert _parts(replace(curve, own=(4.0, 3.1, 2.0, None))) == 5
    assert _parts(replace(curve, own=(4.0, 3.0, 2.0, 1.0))) == 7
    assert _parts(replace(curve, own=(None, 3.0, 2.0, None))) == 4


def test_a_model_without_rows_of_data_has_no_reference(tmp_path: Path) -> None:
    from xlsgd.variants import Quartic

    made = api.generate(Variant(Quartic(), data=Steps(20)), tmp_path / "in.xlsx")
    plan = make_plan(api.load(made.path))
    assert all(curve.reference is None for curve in curves(plan.book, understand(plan.book, plan)))


def points(picture: str) -> list[tuple[float, float]]:
    pairs = re.findall(r"(-?[\d.]+),(-?[\d.]+)", " ".join(re.findall(r'points="([^"]*)"', picture)))
    return [(float(x), float(y)) for x, y in pairs]


@pytest.mark.parametrize(
    "own",
    [
        (1.0, 2.0, 3.0, 4.0, 5.0),
        (1e-300, 1e300, 0.0, None, 5.0),
        (0.0, 0.0, 0.0, 0.0, 0.0),
        (None, None, 7.0, None, None),
        (1.7e308, 1e-308, 3.0, 4.0, 1.0),
        (-1.0, 5.0, -3.0, 2.0, 1.0),
    ],
)
def test_curves_stay_in_the_picture(own: tuple[float | None, ...]) -> None:
    picture = chart(Curve(0, "error", (4, 5, 6, 7, 8), own), compared=True)
    assert picture is not None
    Outline(picture)
    assert "nan" not in picture
    assert "inf" not in picture
    assert points(picture)
    assert all(0 <= x <= 760 and 0 <= y <= 260 for x, y in points(picture))


def test_a_long_curve_is_thinned_and_one_without_numbers_is_none() -> None:
    lines = tuple(range(1, 50_001))
    picture = chart(Curve(0, "error", lines, tuple(float(line) for line in lines)), compared=True)
    assert picture is not None
    assert len(picture) < 30_000
    assert chart(Curve(0, "error", (1, 2), (None, math.inf)), compared=True) is None


def test_the_command_writes_pages_and_copies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, out = tmp_path / "one.xlsx", tmp_path / "two.xlsx", tmp_path / "out"
    for path in (one, two):
        api.generate(Variant(Linear()), path)
    page_path, copy = tmp_path / "one.html", tmp_path / "marked.xlsx"
    assert main(["verify", str(one), "--html", str(page_path), "--annotate", str(copy)]) == 0
    alone(page_path.read_text("utf-8"))
    assert [sheet.name for sheet in api.load(copy).sheets][-1] == "xlsgd"
    capsys.readouterr()
    assert main(["verify", str(one), str(two), "--html", str(out)]) == 2
    assert "give a folder that exists" in capsys.readouterr().err
    out.mkdir()
    assert main(["verify", str(one), str(two), "--html", str(out), "--annotate", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["one.html", "one.xlsx", "two.html", "two.xlsx"]
    assert main(["verify", str(one), "--annotate", str(one)]) == 2
    assert "the workbook itself" in capsys.readouterr().err
    assert main(["verify", str(one), "--html", str(tmp_path / "page.txt")]) == 2


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        api.write_html(Report(()), tmp_path / "none" / "out.html")


def test_sheets_that_train_together_have_their_columns(tmp_path: Path) -> None:
    weights = Sheet("Weights", constants={(3, 2): 0.5, (3, 3): 0.5})
    slopes = Sheet("Slopes")
    texts = {"Weights": ("w", "b"), "Slopes": ("x", "y", "p", "dw", "db")}
    for sheet in (weights, slopes):
        for col, text in enumerate(texts[sheet.name], 2):
            sheet.constants[2, col] = text
    for row in range(3, 15):
        slopes.constants[row, 2], slopes.constants[row, 3] = float(row % 5), 2.0 * (row % 5) + 1.0
        own = {4: f"Weights!B{row}*B{row}+Weights!C{row}", 5: f"2*(D{row}-C{row})*B{row}", 6: f"2*(D{row}-C{row})"}
        slopes.formulas.update({(row, col): Formula(text, (row, col)) for col, text in own.items()})
        if row > 3:
            steps = {2: f"B{row - 1}-0.02*Slopes!E{row - 1}", 3: f"C{row - 1}-0.02*Slopes!F{row - 1}"}
            weights.formulas.update({(row, col): Formula(text, (row, col)) for col, text in steps.items()})
    write(Book([weights, slopes]), tmp_path / "two.xlsx")
    report = api.verify(tmp_path / "two.xlsx")
    api.write_html(report, tmp_path / "two.html")
    outline = Outline((tmp_path / "two.html").read_text("utf-8"))
    assert [sheet.sheet for sheet in report.files[0].sheets if sheet.trains] == ["Weights", "Slopes"]
    assert outline.texts.count("weight") == 2
    assert outline.texts.count("derivative") == 2
