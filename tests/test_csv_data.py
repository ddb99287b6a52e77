"""CSV files as data: separators, decimal marks, headers, and a line and column for every wrong cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import UsageError
from xlsgd.variants import CsvData, Iris, Linear, Mlp, Variant, network, parse_data
from xlsgd.variants.csv_data import CsvTable, parse_csv, read_csv


def table(text: str) -> CsvTable:
    return parse_csv(text, "my.csv")


@pytest.mark.parametrize(
    ("text", "headers", "rows"),
    [
        ("x,y\n1,2\n3,4\n", ("x", "y"), [(1.0, 2.0), (3.0, 4.0)]),
        ("1,2\n3,4", (), [(1.0, 2.0), (3.0, 4.0)]),
        ("x;y\n1,5;-2,25\n", ("x", "y"), [(1.5, -2.25)]),
        ("x;y\n1.5;2\n", ("x", "y"), [(1.5, 2.0)]),
        ("a\tb\r\n1,5\t2e3\r\n", ("a", "b"), [(1.5, 2000.0)]),
        ("\n\nx,y\n\n1,2\n , \n\n", ("x", "y"), [(1.0, 2.0)]),
        ('"width; in cm","height, too"\n"1","2"\n', ("width; in cm", "height, too"), [(1.0, 2.0)]),
        ("1 , +.5\n", (), [(1.0, 0.5)]),
        ("x,y\n1e-320,-0\n", ("x", "y"), [(0.0, 0.0)]),  # a cell holds neither a denormal number nor a negative 0
        ("x\r1\r", (), []),
    ],
)
def test_tables(text: str, headers: tuple[str, ...], rows: list[tuple[float, ...]]) -> None:
    if not rows:
        with pytest.raises(UsageError, match="between 2 and 1,000"):
            table(text)
        return
    found = table(text)
    assert found.headers == headers
    assert [(*inputs, y) for inputs, y in zip(found.inputs, found.targets, strict=True)] == rows


WRONG = [
    ("", "no rows in it"),
    ("\n \n", "no rows in it"),
    ("x,y\n", "headers and no rows below them"),
    ("1\n2\n", "line 1 has 1 cell: between 2 and 1,000 are wanted"),
    ("x,y\n1,2\n3\n", "line 3 has 1 cells, line 1 has 2"),
    ("x,y\n1,2\n\n3,4,5\n", "line 4 has 3 cells, line 1 has 2"),
    ("x,y\n1,2\n3,four\n", "line 3, column 2: 'four' is not a number"),
    ("x,y\n1,2\n,4\n", "line 3, column 1: empty, a number belongs here"),
    ("x,y\n1,\n", "line 2, column 2: empty, a target or a class belongs here"),
    ("x;y\n1,5;2\n1.5;3\n", "line 3, column 1: '1.5' is not a number (the file's decimal mark is the comma)"),
    ("x;y\n1.5;2\n1;3,5\n", "line 3, column 2: '3,5' is not a number (the file's decimal mark is the point)"),
    ("x;y\n1.234,5;2\n", "line 2, column 1: '1.234,5' is not a number"),
    ("x,y\n1,nan\n", "'nan' is not a number"),
    ("x,y\n1,inf\n", "'inf' is not a number"),
    ("x,y\n1_000,1\n", "'1_000' is not a number"),
    ("x,y\n0x10,1\n", "'0x10' is not a number"),
    ("x,y\n1e999,1\n", "'1e999' is larger than a cell can hold"),
    ('x,y\n"1,2\n3,4\n', "line 2: unexpected end of data (cells separated by comma)"),
    ("1,two,3\n", "line 1, column 2: 'two' is not a number"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_wrong_is_named_by_line_and_column(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        _ = table(text).targets
    assert str(caught.value).startswith("data 'my.csv': ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"x,y\n1,\xff\n", "line 2 is not UTF-8 text"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (b"1" * 50_000_001, "larger than 50 MB"),
        (b"1,2\n" * 1_000_002, "more than 1,000,000 rows"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(raw)
    with pytest.raises(UsageError, match=message):
        read_csv(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("Länge;Art\n1,5;süß\n", encoding)
    assert read_csv(path).headers == ("Länge", "Art")
    assert read_csv(path).classes == ("süß",)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot read data '"):
            read_csv(path)


@given(st.lists(st.tuples(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)), min_size=1))
def test_every_number_reads_back(rows: list[tuple[float, float]]) -> None:
    found = table("x;y\n" + "".join(f"{x!r};{y!r}\n" for x, y in rows))
    normal = [tuple(0.0 if abs(number) < 2.2250738585072014e-308 else number for number in row) for row in rows]
    assert [(x, y) for (x,), y in zip(found.inputs, found.targets, strict=True)] == normal


def test_iris_is_fishers() -> None:
    """150 flowers as in Fisher's paper and in R: the UCI file has other numbers in the 35th and the 38th."""
    iris = Iris()
    assert len(iris.rows()) == 150
    assert iris.classes == ("setosa", "versicolor", "virginica")
    assert [sum(row[4 + k] for row in iris.rows()) for k in range(3)] == [50.0, 50.0, 50.0]
    setosa = [row[:4] for row in iris.rows() if row[4]]
    assert setosa[34] == (4.9, 3.1, 1.5, 0.2)  # UCI: 4.9 3.1 1.5 0.1
    assert setosa[37] == (4.9, 3.6, 1.4, 0.1)  # UCI: 4.9 3.1 1.5 0.1
    means = [sum(row[k] for row in iris.rows()) / 150 for k in range(4)]
    assert [round(mean, 3) for mean in means] == [5.843, 3.057, 3.758, 1.199]


def test_a_csv_file_trains_a_line_or_a_network(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("x,y\n1,0\n2,1\n3,1\n", "utf-8")
    data = parse_data(str(path))
    assert Variant(Linear(), data=data).rows() == ((1.0, 0.0), (2.0, 1.0), (3.0, 1.0))
    model, classed = network(data, (2,))
    assert (model.widths, classed.classes) == ((1, 2, 2), ("0", "1"))
    with pytest.raises(UsageError, match="it wants classes in the last column"):
        Variant(Mlp(), data=data)


def test_too_many_classes(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("".join(f"{n},name {'abcdefghijkl'[n]}\n" for n in range(12)), "utf-8")
    with pytest.raises(UsageError, match="12 classes in the last column, 2 to 9 can be learnt"):
        CsvData(str(path))
