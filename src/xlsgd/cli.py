"""The command line. Only click is imported here at once; everything else when a command needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from . import __version__
from .options import training
from .shell import Commands, run


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: xlsgd generate linear2 --gradient forward --epochs 3 -o two_neurons.xlsx",
)
@click.version_option(__version__, prog_name="xlsgd")
def commands() -> None:
    """Training runs as Excel formulas: generate them, evaluate them, check them against NumPy.

    Exit status: 0 all is well, 1 something differs, 2 unusable input or wrong usage.
    """


@commands.command(epilog="Example: xlsgd demo -o workbooks")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="An existing folder.  [workbooks]")
def demo(output: Path | None) -> int:
    """Write the gallery and check every sheet against NumPy.

    Every formula is evaluated from the files on disk; the table has one row a sheet.
    """
    from .api import demo as make
    from .errors import UsageError
    from .gallery import gallery
    from .report.progress import progress

    folder = output or Path("workbooks")
    if output is None:
        folder.mkdir(exist_ok=True)
    elif not folder.is_dir():
        raise UsageError(f"there is no folder '{folder}', make it first")
    with progress("checking", sum(len(exhibit.shows) for exhibit in gallery())) as advance:
        outcomes = make(folder, lambda _: advance(), jobs=os.cpu_count() or 1)

    from .report.terminal import console, outcome_table, summary_line

    console().print(outcome_table(outcomes))
    click.echo(summary_line(outcomes))
    for outcome in outcomes:
        for line in outcome.lines():
            click.echo(line)
    return int(not all(outcome.ok for outcome in outcomes))


@commands.command(epilog="Example: xlsgd variants --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def variants(as_json: bool) -> None:
    """List models, gradients, optimizers, inits, data sets, activations, schedules, clippings, losses."""
    from .vocabulary import vocabulary

    if as_json:
        from .report.as_json import dumps

        click.echo(dumps(vocabulary()))
        return
    from .report.terminal import console, registry_table

    for kind, members in vocabulary().items():
        if members:
            console().print(registry_table(kind, members), "")


@commands.command(epilog="Example: xlsgd generate linear2 --gradient forward --lr 1e-4 --epochs 3 -o two_neurons.xlsx")
@click.argument("model")
@training
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Target, .xlsx.")
def generate(model: str, output: Path, **choices: Any) -> None:
    """Write one workbook with live formulas.

    Every formula cell has its value stored, for viewers that do not calculate. `xlsgd variants` lists the names.
    """
    from .api import generate as write
    from .report.progress import progress
    from .vocabulary import make_variant

    variant = make_variant(model, **choices)
    with progress(f"writing {output.name}"):
        made = write(variant, output)
    click.echo(f"{made.path}: {variant.name}, {made.values.counts.formulas:,} formulas")


@commands.command(epilog="Example: xlsgd calc graddesc.xlsm --json")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Copy with the new values.")
@click.option("--engine", help="native, scalar, formulas or libreoffice.  [native]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every formula cell's value.")
@click.option("--all", "everything", is_flag=True, help="With --json: constants and filled cells, too.")
@click.option("--volatile", type=click.Choice(["cached", "fresh"]), help="RAND, NOW and kin: as stored, or drawn anew.")
@click.option("--seed", type=int, help="Draw RAND and kin anew, repeatably.")
def calc(
    file: Path,
    output: Path | None,
    engine: str | None,
    as_json: bool,
    everything: bool,
    volatile: str | None,
    seed: int | None,
) -> None:
    """Evaluate all formulas of any workbook.

    With -o write a copy in which only the stored values changed.
    """
    from .api import DEFAULT_ENGINE, calculate, check_target, save_values
    from .report.progress import progress

    if output is not None and file.exists():
        check_target(output, file.suffix)  # before the work, not after it
    with progress(f"calculating {file.name}"):
        values = calculate(file, engine or DEFAULT_ENGINE, volatile=volatile, seed=seed)
        saved = save_values(values, output) if output is not None else None
    if as_json:
        from .report.as_json import calc_document, dumps

        click.echo(dumps(calc_document(values, str(file), everything)))
        return
    from .report.terminal import calc_lines, calc_table, console

    console().print(calc_table(values))
    for line in calc_lines(values):
        click.echo(line)
    if saved is not None:
        click.echo(f"{output}: {saved.cells:,} stored values changed, {len(saved.left):,} cells left as they were")


@commands.command(epilog="Example: xlsgd verify graddesc.xlsm")
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
    from .api import annotate as mark
    from .api import verify as check
    from .api import write_html
    from .check.findings import FileReport, Report
    from .check.understand import read_overrides
    from .errors import UnreadableError
    from .report.progress import progress
    from .shell import targets

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
        from .report.as_json import dumps

        click.echo(dumps(report.document()))
    else:
        from .report.findings_table import print_report

        print_report(report, show_roles)
    for line in unreadable:
        click.echo(f"xlsgd: {line}", err=True)
    return 2 if unreadable else int(not report.ok)


@commands.command(epilog="Example: xlsgd diff before.xlsx after.xlsx")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(a: Path, b: Path, as_json: bool) -> int:
    """Compare two workbooks: formulas, values, names, settings and charts.

    Rows and columns that were inserted, deleted or moved are recognised; a fill-down that changed is one difference.
    """
    from .api import diff as compare
    from .report.progress import progress

    with progress(f"comparing {a.name} and {b.name}"):
        found = compare(a, b)
    from .report.diff_table import diff_document, print_diff

    if as_json:
        from .report.as_json import dumps

        click.echo(dumps(diff_document(found, str(a), str(b))))
    else:
        print_diff(found, str(a), str(b))
    return int(not found.equal)


@commands.command("run", epilog='Example: xlsgd run graddesc.xlsm --sheet "basic SGD" --epochs 5')
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", help="The sheet that trains.  [the only one]")
@click.option("--epochs", default=5, show_default=True, type=int, help="How often to go through the data again.")
@click.option("--carry", multiple=True, metavar="FROM=TO", help="What to copy, such as C32:D32=C1:C2; several times.")
@click.option("--error", metavar="CELL", help="The cell that tells the error.  [it is looked for]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Copy as it is after the last epoch."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run_command(
    file: Path,
    sheet: str | None,
    epochs: int,
    carry: tuple[str, ...],
    error: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Train on, as the buttons of a workbook do, without macros.

    Each epoch copies the last weights and states to the top of the table and recalculates. What to copy is told by
    the workbook's names (lastslope, slope, …), else recognised from the formulas, else given with --carry.
    """
    from .api import check_target, save_run
    from .api import run as train
    from .epochs import parse_carry
    from .report.progress import progress

    if output is not None and file.exists():
        check_target(output, file.suffix)
    with progress(f"training {file.name}", epochs) as advance:
        done = train(file, sheet, epochs, [parse_carry(one) for one in carry], error, advance)
        saved = save_run(done, output) if output is not None else None
    from .report.run_table import print_run, run_document

    if as_json:
        from .report.as_json import dumps

        click.echo(dumps(run_document(done, str(file))))
        return
    print_run(done)
    if saved is not None:
        click.echo(
            f"{output}: {sum(map(len, done.typed.values())):,} start values and {saved.cells:,} stored values changed"
        )


@commands.command(epilog="Example: xlsgd plan graddesc.xlsm")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every step.")
def plan(file: Path, as_json: bool) -> None:
    """Show how a workbook is calculated: fill-downs, loops and their order.

    Formulas that are one in relative form are a region; regions that depend on each other are one step. The last column
    says in which direction a step's loop goes and whether it is compiled, or why not.
    """
    from .api import load
    from .plan import make_plan
    from .report.plan_table import plan_document, plan_lines, plan_table, refusals
    from .report.progress import progress

    with progress(f"planning {file.name}"):
        made = make_plan(load(file))
        refused = refusals(made)
    if as_json:
        from .report.as_json import dumps

        click.echo(dumps(plan_document(made, refused, str(file))))
        return
    from .report.terminal import console

    console().print(plan_table(made, refused))
    for line in plan_lines(made, refused):
        click.echo(line)


@commands.group(epilog="Example: xlsgd cache clear")
def cache() -> None:
    """The compiled kernels that are kept on disk."""


@cache.command(epilog="Example: xlsgd cache clear")
def clear() -> None:
    """Remove all kernels. They are compiled again when they are needed.

    They lie in the user's cache folder, or where the environment variable XLSGD_CACHE says.
    """
    from .engine import kernels

    files, size = kernels.clear()
    click.echo(f"{kernels.folder()}: {files:,} kernels removed, {size:,} bytes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit status."""
    return run(commands, arguments)


if __name__ == "__main__":
    sys.exit(main())
