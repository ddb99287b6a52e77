"""Which workbooks a batch looks at, and what it calls them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from xlsgd.batch.sources import Source, select
from xlsgd.errors import UsageError
from xlsgd.limits import limits


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"")


def names(*paths: str) -> list[str]:
    return [source.name for source in select(paths)]


def pack(path: str, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_a_folder_is_searched_to_its_depths(here: Path) -> None:
    touch("books/b.xlsx", "books/a.XLSM", "books/deep/er/c.xlsx", "books/~$b.xlsx", "books/.hidden.xlsx")
    touch("books/.git/d.xlsx", "books/notes.txt", "books/old.xls", "books/more.zip")
    assert names("books") == ["books/a.XLSM", "books/b.xlsx", "books/deep/er/c.xlsx"]
    assert names("./books/") == ["./books/a.XLSM", "./books/b.xlsx", "./books/deep/er/c.xlsx"]


def test_paths_keep_their_order_and_each_workbook_comes_once(here: Path) -> None:
    touch("b.xlsx", "a.xlsx", "c/d.xlsx")
    assert names("b.xlsx", ".", "./a.xlsx", str(here / "c" / "d.xlsx")) == ["b.xlsx", "./a.xlsx", "./c/d.xlsx"]


def test_a_link_is_the_workbook_that_it_leads_to(here: Path) -> None:
    touch("a.xlsx")
    os.symlink("a.xlsx", "z.xlsx")
    os.symlink(".", "circle")
    assert names(".") == ["./a.xlsx"]


def test_a_pattern_takes_workbooks_and_folders(here: Path) -> None:
    touch("x1.xlsx", "x2.xlsx", "y.xlsx", "x3.txt", "x4/deep/e.xlsx", "~$x1.xlsx")
    assert names("x*") == ["x1.xlsx", "x2.xlsx", "x4/deep/e.xlsx"]
    assert names("**/e.xlsx") == ["x4/deep/e.xlsx"]
    assert names("**/*.xlsx") == ["x1.xlsx", "x2.xlsx", "x4/deep/e.xlsx", "y.xlsx"]


def test_a_name_with_letters_of_a_pattern_is_a_name(here: Path) -> None:
    touch("a[1].xlsx", "a1.xlsx")
    assert names("a[1].xlsx") == ["a[1].xlsx"]


def test_a_file_that_is_named_is_taken_whatever_its_name(here: Path) -> None:
    touch("old.xls")
    assert names("old.xls") == ["old.xls"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere/*.xlsx", "nowhere.zip!a.xlsx", "empty", "odd!.xlsx"])
def test_what_is_not_there_is_said_before_any_work(here: Path, path: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(UsageError, match=f"'{path.partition('*')[0][:7]}|empty|no workbooks"):
        select([path])


def test_a_zip_gives_its_members(here: Path) -> None:
    pack("books.zip", {"b.xlsx": b"", "a/c.xlsm": b"", "__MACOSX/a/._c.xlsm": b"", "a/~$c.xlsm": b"", "r.txt": b""})
    assert select(["books.zip"]) == [
        Source("books.zip!a/c.xlsm", "books.zip", "a/c.xlsm"),
        Source("books.zip!b.xlsx", "books.zip", "b.xlsx"),
    ]
    assert select(["books.zip!b.xlsx", "books.zip"])[0].name == "books.zip!b.xlsx"
    assert len(select(["books.zip!b.xlsx", "books.zip"])) == 2


def test_a_zip_in_a_zip_is_named_but_not_opened(here: Path) -> None:
    pack("outer.zip", {"inner.zip": b"PK", "a.xlsx": b""})
    assert [(one.name, one.trouble and one.trouble[0]) for one in select(["outer.zip"])] == [
        ("outer.zip!a.xlsx", None),
        ("outer.zip!inner.zip", "limit"),
    ]


def test_a_broken_zip_is_a_row_with_its_error(here: Path) -> None:
    Path("broken.zip").write_bytes(b"PK\3\4")
    (source,) = select(["broken.zip"])
    assert source.trouble is not None
    assert source.trouble[0] == "unreadable"


def test_a_zip_with_too_many_files_is_a_row_with_its_limit(here: Path) -> None:
    pack("many.zip", {f"{number}.xlsx": b"" for number in range(11)})
    with limits(entries=10):
        (source,) = select(["many.zip"])
    assert source.trouble is not None
    assert source.trouble[0] == "limit"


def test_names_cannot_move_the_cursor(here: Path) -> None:
    pack("sly.zip", {"\x1b[2Ja.xlsx": b"", "../../up.xlsx": b""})
    assert names("sly.zip") == ["sly.zip!�[2Ja.xlsx", "sly.zip!../../up.xlsx"]
    assert [one.member for one in select(["sly.zip"])] == ["\x1b[2Ja.xlsx", "../../up.xlsx"]


def test_addresses() -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    store = fsspec.filesystem("memory")
    for name in ("b.xlsx", "a/c.xlsx", "a/~$c.xlsx", "r.txt"):
        store.pipe(f"/addresses/{name}", b"")
    assert names("memory://addresses") == ["memory://addresses/a/c.xlsx", "memory://addresses/b.xlsx"]
    assert names("memory://addresses/*.xlsx") == ["memory://addresses/b.xlsx"]
    assert names("memory://addresses/b.xlsx") == ["memory://addresses/b.xlsx"]
    with pytest.raises(UsageError, match="there is nothing at 'memory://addresses/none'"):
        select(["memory://addresses/none"])
    with pytest.raises(UsageError, match="rotocol not known"):
        select(["noway://addresses"])


def test_what_the_web_serves_is_not_looked_for_beforehand() -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    pytest.importorskip("aiohttp", reason="aiohttp is not installed")
    assert names("https://example.invalid/a.xlsx?raw=1") == ["https://example.invalid/a.xlsx?raw=1"]


def test_a_file_address_is_a_file(here: Path) -> None:
    touch("a.xlsx")
    assert select([f"file://{here}/a.xlsx"]) == [Source(f"{here}/a.xlsx", f"{here}/a.xlsx")]
