"""What the tests of these workbooks share."""

from pathlib import Path

import pytest

BOOKS = Path(__file__).parent / "books"
MARKS = {
    # Adam takes a square root: a spreadsheet program may round it otherwise by one double.
    "line-adam.xlsx": pytest.mark.xlsgd(ulp=1),
}


@pytest.fixture(scope="session")
def books() -> Path:
    """The folder of the workbooks."""
    return BOOKS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks for single workbooks: how to check them, what is known of them (xfail), what is slow."""
    for item in items:
        if item.path.name in MARKS:
            item.add_marker(MARKS[item.path.name])
