"""The command line: what it prints, its JSON, its exit status."""

import json
import math
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import xlsgd
from xlsgd.cli import commands, main
from xlsgd.engine import native
from xlsgd.gallery import Exhibit, Show
from xlsgd.vocabulary import make_variant, vocabulary

Capture = pytest.CaptureFixture[str]

SHOWS = (
    Show("linear2-analytic-sgd", make_variant("linear2", epochs=2), "explodes"),
    Show("forward", make_variant("linear2", "forward", data="linear:4,1"), "does not"),
)
SMALL = (Exhibit("small", "Small", "Why?", (), "", (), SHOWS),)


@pytest.fixture
def linear2(tmp_path: Path) -> Path:
    return xlsgd.generate(make_variant("linear2", epochs=2), tmp_path / "linear2.xlsx").path


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A workbook with a value of every kind."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "all kinds"
    sheet["A1"], sheet["A2"], sheet["A3"] = 0.1, "text", True
    for row, formula in enumerate(["=A1*3", '=A2&"s"', "=A1<1", "=SQRT(-1)", "=NOSUCH(1)", "=B5+1", "=B9"], 1):
        sheet[f"B{row}"] = formula
    path = tmp_path / "mixed.xlsx"
    workbook.save(path)
    return path


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    return status, *capsys.readouterr()


def test_demo_agrees_and_says_so(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsgd.gallery.gallery", lambda: SMALL)
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, "demo")
    assert (status, err) == (0, "")
    assert [path.name for path in (tmp_path / "workbooks").iterdir()] == ["small.xlsx"]
    assert "linear2-analytic-sgd" in out
    assert "3.729e+19 #NUM! equal" in " ".join(out.split())
    assert "2 sheets in 1 workbooks" in out
    assert "all agree with NumPy" in out
    assert run(capsys, "demo", "-o", "workbooks")[:2] == (0, out)


def test_demo_fails_where_the_reference_differs(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlsgd.reference import models, training

    def off_by_one_ulp(*arguments: Any) -> Any:
        return np.nextafter(models.error(*arguments), np.inf)

    monkeypatch.setattr("xlsgd.gallery.gallery", lambda: SMALL)
    monkeypatch.setattr(training, "error", off_by_one_ulp)
    status, out, _ = run(capsys, "demo", "-o", tmp_path)
    assert status == 1
    assert "differs" in out
    assert "2 of the sheets differ" in out
    assert f"{tmp_path / 'small.xlsx'}: linear2-analytic-sgd!" in out
    assert "(error): 1764.0, expected 1764.0000000000002 (1 ULP)" in out


def test_calc_json_has_exactly_the_fixed_names(capsys: Capture, mixed: Path) -> None:
    status, out, err = run(capsys, "calc", mixed, "--json")
    document = json.loads(out)
    assert (status, err) == (0, "")
    assert list(document) == ["file", "engine", "cells", "counts", "seconds"]
    assert document["file"] == str(mixed)
    assert document["engine"] == "native"
    cells = document["cells"]
    assert cells == {
        "all kinds!B1": 0.1 * 3,
        "all kinds!B2": "texts",
        "all kinds!B3": True,
        "all kinds!B4": {"error": "#NUM!"},
        "all kinds!B5": cells["all kinds!B5"],
        "all kinds!B6": cells["all kinds!B6"],
        "all kinds!B7": 0.0,
    }
    assert "NOSUCH" in cells["all kinds!B5"]["unsupported"]
    assert "NOSUCH" in cells["all kinds!B6"]["unsupported"]
    assert document["counts"] == {"formulas": 7, "compiled": 0, "fallback": 7, "unsupported": 2}
    assert all(seconds >= 0 for seconds in document["seconds"].values())


def test_calc_json_all_adds_constants(capsys: Capture, mixed: Path) -> None:
    cells = json.loads(run(capsys, "calc", mixed, "--json", "--all")[1])["cells"]
    assert [cells[f"all kinds!A{row}"] for row in (1, 2, 3)] == [0.1, "text", True]
    assert len(cells) == 10


def test_json_numbers_read_back_to_the_bit_and_are_never_nan(capsys: Capture, linear2: Path) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(text)

    cells = json.loads(run(capsys, "calc", linear2, "--json")[1], parse_constant=refuse)["cells"]
    values = xlsgd.calculate(linear2)
    assert len(cells) == values.counts.formulas
    for name, value in cells.items():
        want = values[name]
        if isinstance(want, float):
            assert struct.pack("<d", value) == struct.pack("<d", want)
        else:
            assert value == {"error": str(want)}


def test_calc_for_people(capsys: Capture, mixed: Path) -> None:
    status, out, _ = run(capsys, "calc", mixed)
    assert status == 0
    assert "all kinds 7 2 1 2 2" in " ".join(out.split())
    assert "unsupported: " in out
    assert "NOSUCH" in out
    assert "stored values: 0 of 0 differ" in out


def test_calc_says_which_stored_values_differ(capsys: Capture, linear2: Path) -> None:
    book = xlsgd.load(linear2)
    book.sheets[0].cached[12, 9] = 7.0
    from xlsgd.book.writer import write

    write(book, linear2)
    out = run(capsys, "calc", linear2)[1]
    assert "stored values: 1 of " in out
    assert "linear2-analytic-sgd!I12: calculated " in out


def test_calc_writes_a_copy_with_new_values(capsys: Capture, mixed: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsx"
    status, out, _ = run(capsys, "calc", mixed, "-o", target)
    assert status == 0
    assert f"{target}: 5 stored values changed, 2 cells left as they were" in out
    stored = openpyxl.load_workbook(target, data_only=True).worksheets[0]
    assert [stored[f"B{row}"].value for row in range(1, 5)] == [0.1 * 3, "texts", True, "#NUM!"]
    assert openpyxl.load_workbook(target).worksheets[0]["B1"].value == "=A1*3"
    assert run(capsys, "calc", target, "-o", target, "--json")[0] == 0


def test_generate_writes_what_was_asked_for(capsys: Capture, tmp_path: Path) -> None:
    target = tmp_path / "made.xlsx"
    line = "--gradient forward --optimizer momentum --init values:0.5,-1 --data linear:6,3 --epochs 2"
    line += " --lr 1e-5 --beta 0.8 --h 0.001"
    status, out, _ = run(capsys, "generate", "linear", *line.split(), "-o", target)
    assert status == 0
    assert out.startswith(f"{target}: linear-forward-momentum, ")
    variant = make_variant(
        "linear", "forward", "momentum", "values:0.5,-1", "linear:6,3", 2, lr=1e-5, beta=0.8, h=0.001
    )
    [outcome] = xlsgd.check_file(target, variant)
    assert outcome.ok


EXTRAS = [
    ("relu2 --activation leaky-relu --leak 0.2 --data linear:6,1", "relu2-analytic-sgd"),
    ("linear --batch 4 --shuffle --seed 3 --epochs 2 --clip-norm 50 --weight-decay 0.01", "linear-analytic-sgd"),
    ("linear --batch full --clip 50 --schedule step:1,0.5 --optimizer adamw --decay 0.1", "linear-analytic-adamw"),
    ("linear2 --gradient central --h 0.5 --anneal --init uniform:-1,1 --seed 4", "linear2-central-sgd"),
    ("quartic --data steps:9 --optimizer adam --beta1 0.8 --beta2 0.99 --epsilon 1e-6", "quartic-analytic-adam"),
    ("mlp --hidden 3-2 --activation tanh --loss cross-entropy --data iris:6 --seed 2", "mlp-analytic-sgd"),
    ("mlp --hidden none --optimizer rmsprop --alpha 0.9 --data iris:6 --init glorot:3", "mlp-analytic-rmsprop"),
    ("mlp --data own.csv --hidden 2 --epochs 2", "mlp-analytic-sgd"),
    ("linear --optimizer eve-graddesc --beta3 0.8 --data elbow --schedule cosine", "linear-analytic-eve-graddesc"),
]


@pytest.mark.parametrize(("line", "name"), EXTRAS)
def test_generate_takes_every_choice(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.csv").write_text("length,kind\n1,no\n2.5,yes\n3,yes\n", "utf-8")
    status, out, err = run(capsys, "generate", *line.split(), "-o", "made.xlsx")
    assert (status, err) == (0, "")
    assert out.startswith(f"made.xlsx: {name}, ")


def test_every_setting_of_every_member_is_an_option() -> None:
    options = {parameter.name for parameter in commands.commands["generate"].params}
    for kind in vocabulary().values():
        for member in kind:
            assert set(member.get("settings", {})) <= options, member["name"]


def test_variants_lists_all_names(capsys: Capture) -> None:
    document = json.loads(run(capsys, "variants", "--json")[1])
    kinds = ["models", "gradients", "optimizers", "inits", "data", "activations", "schedules", "clips", "losses"]
    assert list(document) == kinds
    assert [one["name"] for one in document["losses"]] == ["mse", "cross-entropy"]
    out = run(capsys, "variants")[1]
    assert all(one.get("usage", one["name"]) in out for kind in document.values() for one in kind)


WRONG = [
    ("demoo", "unknown command 'demoo': did you mean 'demo'?"),
    ("demo -o nowhere", "there is no folder 'nowhere', make it first"),
    ("demo --outptu x", "No such option"),
    ("calc missing.xlsx", "missing.xlsx"),
    ("calc missing.xlsx -o out.xlsx --json", "missing.xlsx"),
    ("calc notes.txt", "notes.txt"),
    ("calc folder.xlsx", "folder.xlsx"),
    ("calc empty.xlsx", "empty.xlsx"),
    ("calc other.xlsx --json", "other.xlsx"),
    ("calc good.xlsx --engine scaler", "did you mean 'scalar'?"),
    ("calc good.xlsx -o nowhere/out.xlsx", "there is no folder 'nowhere', make it first"),
    ("calc good.xlsx -o out.txt", "ends in .xlsx"),
    ("calc", "Missing argument 'FILE'"),
    ("calc good.xlsx --seed many", "'many' is not a valid integer"),
    ("generate liner -o out.xlsx", "unknown model 'liner': did you mean 'linear'?"),
    ("generate linear --optimizer adm-graddesc -o out.xlsx", "did you mean 'adam-graddesc'?"),
    ("generate linear --gradient analytical -o out.xlsx", "did you mean 'analytic'?"),
    ("generate linear --init values:1,b -o out.xlsx", "'b' is not a number"),
    ("generate linear --init values:1,2,3 -o out.xlsx", "wants 2 numbers (a, b)"),
    ("generate linear --data linear:-3,1 -o out.xlsx", "N goes from 1"),
    ("generate linear --epochs 0 -o out.xlsx", "at least 1"),
    ("generate linear --batch -3 -o out.xlsx", "a batch of -3 rows: between 1 and 29 (or full)"),
    ("generate linear --batch 30 -o out.xlsx", "a batch of 30 rows"),
    ("generate linear --batch some -o out.xlsx", "a batch of 'some': wanted is a number of rows, or full"),
    ("generate quartic --data iris -o out.xlsx", "model 'quartic' cannot be trained on data 'iris'"),
    ("generate quartic --batch 2 -o out.xlsx", "has no data: it takes neither a batch nor a shuffle"),
    ("generate mlp --data graddesc -o out.xlsx", "it wants classes in the last column"),
    ("generate linear --data iris -o out.xlsx", "it wants one input x and one number y"),
    ("generate linear --activation tanh -o out.xlsx", "model 'linear' has no hidden unit"),
    ("generate relu2 --activation tan -o out.xlsx", "unknown activation 'tan': did you mean 'tanh'?"),
    ("generate linear2 --hidden 3 -o out.xlsx", "takes no choice of hidden layers: that is for mlp"),
    ("generate linear2 --loss mse -o out.xlsx", "takes no choice of a loss: that is for mlp"),
    ("generate mlp --loss entropy -o out.xlsx", "unknown loss 'entropy'"),
    ("generate mlp --hidden 3x2 -o out.xlsx", "wanted are units, such as 3 or 8-4, or none"),
    ("generate mlp --hidden 40 -o out.xlsx", "layers of 1 to 9 units"),
    ("generate mlp --hidden 0 -o out.xlsx", "layers of 1 to 9 units"),
    ("generate linear --clip -1 -o out.xlsx", "the limit must be above 0"),
    ("generate linear --clip 1 --clip-norm 1 -o out.xlsx", "by value or by norm, not both"),
    ("generate linear --schedule cosinus -o out.xlsx", "did you mean 'cosine'?"),
    ("generate linear --schedule step:0 -o out.xlsx", "at least 1 epoch is wanted"),
    ("generate linear --schedule cosine --anneal -o out.xlsx", "give one of the two"),
    ("generate linear --weight-decay -1 -o out.xlsx", "a weight decay of -1.0: 0 or more is wanted"),
    ("generate linear --optimizer adam --beta2 1.5 -o out.xlsx", "beta2 is a share of the old value: from 0 to 1"),
    ("generate linear --leak 0.1 -o out.xlsx", "unknown setting of analytic sgd: 'leak'"),
    ("generate linear --data missing.csv -o out.xlsx", "cannot read data 'missing.csv'"),
    ("generate linear --data rows.csv -o out.xlsx", "data 'rows.csv': line 3, column 2: 'two' is not a number"),
    ("generate linear --epochs 99999 -o out.xlsx", "do not fit a sheet"),
    ("generate linear --lr nan -o out.xlsx", "lr must be a finite number"),
    ("generate linear --beta 0.5 -o out.xlsx", "'beta'"),
    ("generate linear -o nowhere/out.xlsx", "there is no folder 'nowhere', make it first"),
    ("generate linear -o out.csv", "ends in .xlsx"),
    ("generate linear", "Missing option '-o' / '--output'"),
]


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_wrong_usage_is_one_line_and_status_2(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("no workbook")
    Path("rows.csv").write_text("x,y\n1,1\n2,two\n")
    Path("folder.xlsx").mkdir()
    Path("empty.xlsx").write_bytes(b"")
    with zipfile.ZipFile("other.xlsx", "w") as package:
        package.writestr("hello.txt", "no workbook")
    openpyxl.Workbook().save("good.xlsx")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    status, out, err = run(capsys, *line.split())
    assert (status, out) == (2, "")
    assert err.startswith("xlsgd: ")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_misspelt_option_has_a_suggestion(capsys: Capture) -> None:
    assert "--output" in run(capsys, "demo", "--outptu", "x")[2]


def test_an_interruption_is_quiet(capsys: Capture, linear2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(native.Native, "run", interrupted)
    status, out, err = run(capsys, "calc", linear2)
    assert (status, out, err.strip()) == (130, "", "")


def test_a_closed_pipe_is_quiet(linear2: Path) -> None:
    command = f"{sys.executable} -m xlsgd calc {linear2} --json --all | true"
    done = subprocess.run(["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 141)


@pytest.mark.parametrize("name", [None, *commands.commands])
def test_help_has_an_example(capsys: Capture, name: str | None) -> None:
    status, out, _ = run(capsys, *([name] if name else []), "--help")
    assert status == 0
    assert "Example: xlsgd " in out
    assert "FILE" in out or "DIR" in out or "--json" in out or "COMMAND" in out


def test_an_empty_command_line_asks_for_help(capsys: Capture) -> None:
    assert run(capsys) == run(capsys, "--help")


def test_python_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "xlsgd", "--version"], capture_output=True, text=True)
    assert done.stdout.strip() == f"xlsgd, version {xlsgd.__version__}"


def test_a_terminal_without_the_letters_shows_question_marks(linear2: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xlsgd", "generate", "--help"],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(xlsgd.__file__).parents[1])},
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_exploding_numbers_survive_the_trip(linear2: Path) -> None:
    values = xlsgd.calculate(linear2)
    numbers = [value for value in values.results[0].values() if isinstance(value, float)]
    assert max(map(abs, numbers)) > 1e200
    assert all(map(math.isfinite, numbers))
