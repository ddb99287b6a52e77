"""``xlsgd verify``: its JSON, its exit status, its words; and the workbook that the family descends from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xlsgd import generate, verify
from xlsgd.cli import main
from xlsgd.variants import Linear, Variant

WORKBOOK = Path(__file__).parents[2] / "shared/workbooks/fastai+fastai1/courses/dl1/excel/graddesc.xlsm"
FIELDS = ["kind", "severity", "sheet", "cell", "range", "role", "formula", "expected_formula"]
FIELDS += ["value", "expected", "cause", "caused_by", "message"]

needs_workbook = pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the workbook {WORKBOOK.name} is not there")


@pytest.fixture
def right(tmp_path: Path) -> Path:
    return generate(Variant(Linear()), tmp_path / "right.xlsx").path


def test_json_of_a_right_workbook(right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(right), "--json"]) == 0
    [file] = json.loads(capsys.readouterr().out)["files"]
    assert file["file"] == str(right)
    assert file["verdict"] == "ok"
    [sheet] = [one for one in file["sheets"] if one["rows"]]
    assert set(sheet) == {"sheet", "variant", "roles", "rows", "compared", "max_ulp", "findings"}
    assert sheet["variant"] == "linear-analytic-sgd"
    assert sheet["compared"] > sheet["rows"]


def test_words_for_people(right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(right), "--show-roles"]) == 0
    told = capsys.readouterr().out
    assert "ok" in told
    assert "prediction" in told


@pytest.mark.parametrize(
    ("name", "content"), [("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("a.csv", b"x,y\n1,2\n")]
)
def test_unusable_input_is_one_line_that_says_what_to_do(
    name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert "save it as .xlsx" in lines[0]


@needs_workbook
def test_graddesc_has_exactly_its_faults() -> None:
    [file] = verify(WORKBOOK).files
    assert file.verdict == "differs"
    [cell] = [one for sheet in file.sheets for one in sheet.findings if one.severity == "error"]
    assert (cell.where, cell.kind, cell.cause) == ("adam_ann!J5", "reference", True)
    assert cell.expected_formula == "=J4*$J$1+$K$1*F5"
    warnings = [one for sheet in file.sheets for one in sheet.findings if one.severity == "warning"]
    assert sorted((one.kind, one.where) for one in warnings) == [("chart", "basic SGD!E36"), ("label", "basic SGD!F33")]
    lost = [one for one in file.findings if "#REF!" in one.message]
    early = [one for one in file.findings if "before the last row's update" in one.message]
    assert len(lost) == 3
    assert len(early) == 14
    assert len(file.findings) == 17
    assert sum(sheet.trains for sheet in file.sheets) == 8


@needs_workbook
def test_a_finding_as_json_has_the_promised_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(WORKBOOK), "--json"]) == 1
    [file] = json.loads(capsys.readouterr().out)["files"]
    found = [one for sheet in file["sheets"] for one in sheet["findings"]] + file["findings"]
    assert len(found) == 20
    assert all(list(one) == FIELDS for one in found)
