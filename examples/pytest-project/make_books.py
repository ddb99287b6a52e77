"""Write the workbooks of this example. Their golden files: ``pytest --xlsgd-update``."""

from pathlib import Path

import xlsgd

FOLDER = Path(__file__).parent / "books"


def main() -> None:
    """One workbook an optimizer."""
    FOLDER.mkdir(exist_ok=True)
    xlsgd.generate(xlsgd.make_variant("linear", optimizer="sgd"), FOLDER / "line-sgd.xlsx")
    xlsgd.generate(xlsgd.make_variant("linear", optimizer="adam"), FOLDER / "line-adam.xlsx")


if __name__ == "__main__":
    main()
