"""Commands that check and compare: ``verify``, ``diff``."""

from __future__ import annotations

from pathlib import Path

import click

from ..shell import say


@click.command(epilog="Example: xlsgd verify graddesc.xlsm")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--show-roles", is_flag=True, help="Print what each column was taken for.")
@click.option(
    "--roles", type=click.Path(path_type=Path), metavar="TOML", help="What columns are, where we misread them."
)
@click.option("--variant", metavar="NAME", help="What is trained, such as linear2-forward-sgd.")
@click.option("--html", type=click.Path(path_type=Path), metavar="OUT", help="One page; of several files a folder.")
@click.option(
    "--annotate", type=click.Path(path_type=Path), metavar="OUT", help="Copy with coloured cells, notes and a list."
)
def verify(
    files: tuple[Path, ...],
    as_json: bool,
    show_roles: bool,
    roles: Path | None,
    variant: str | None,
    html: Path | None,
    annotate: Path | None,
) -> int:
    """Check your own workbooks, and name the first wrong cell.

    Finds the rows that train, recomputes each from the workbook's own previous row, checks derivatives and updates
    against the rules, and says of each mistake what belongs there. With --html or --annotate also writes a page or a
    marked copy of each file; the files themselves are only read.
    """
    from ..api import annotate as mark
    from ..api import verify as check
    from ..api import write_html
    from ..check.findings import FileReport, Report
    from ..check.understand import read_overrides
    from ..errors import UnreadableError
    from ..report.progress import progress
    from ..shell import targets

    asked = read_overrides(roles, variant)
    pages = targets(html, files, ".html") if html is not None else {}
    copies = targets(annotate, files) if annotate is not None else {}
    checked: list[FileReport] = []
    unreadable: list[str] = []
    with progress("verifying", len(files)) as advance:
        for file in files:
            try:
                found = check(file, overrides=asked)
                checked += found.files
                if file in pages:
                    write_html(found, pages[file], asked)
                if file in copies:
                    mark(file, copies[file], found.findings)
            except UnreadableError as error:
                unreadable.append(str(error))
            advance()
    report = Report(tuple(checked))
    if as_json:
        from ..report.as_json import dumps

        click.echo(dumps(report.document()))
    else:
        from ..report.findings_table import print_report

        print_report(report, show_roles)
    for line in unreadable:
        say(f"xlsgd: {line}", err=True)
    return 2 if unreadable else int(not report.ok)


@click.command(epilog="Example: xlsgd diff before.xlsx after.xlsx")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(a: Path, b: Path, as_json: bool) -> int:
    """Compare two workbooks: formulas, values, names, settings and charts.

    Rows and columns that were inserted, deleted or moved are recognised; a fill-down that changed is one difference.
    """
    from ..api import diff as compare
    from ..report.progress import progress

    with progress(f"comparing {a.name} and {b.name}"):
        found = compare(a, b)
    from ..report.diff_table import diff_document, print_diff

    if as_json:
        from ..report.as_json import dumps

        click.echo(dumps(diff_document(found, str(a), str(b))))
    else:
        print_diff(found, str(a), str(b))
    return int(not found.equal)
