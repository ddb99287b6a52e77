"""Commands that calculate: ``calc``, ``run``, ``plan``, and ``cache`` for what is kept of that."""

from __future__ import annotations

from pathlib import Path

import click

from ..shell import say


@click.command(epilog="Example: xlsgd calc graddesc.xlsm --json")
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
    from ..api import DEFAULT_ENGINE, calculate, check_target, save_values
    from ..report.progress import progress

    if output is not None and file.exists():
        check_target(output, file.suffix)  # before the work, not after it
    with progress(f"calculating {file.name}"):
        values = calculate(file, engine or DEFAULT_ENGINE, volatile=volatile, seed=seed)
        saved = save_values(values, output) if output is not None else None
    if as_json:
        from ..report.as_json import calc_document, dumps

        click.echo(dumps(calc_document(values, str(file), everything)))
        return
    from ..report.terminal import calc_lines, calc_table, console

    console().print(calc_table(values))
    for line in calc_lines(values):
        say(line)
    if saved is not None:
        say(f"{output}: {saved.cells:,} stored values changed, {len(saved.left):,} cells left as they were")


@click.command("run", epilog='Example: xlsgd run graddesc.xlsm --sheet "basic SGD" --epochs 5')
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
    from ..api import check_target, save_run
    from ..api import run as train
    from ..epochs import parse_carry
    from ..report.progress import progress

    if output is not None and file.exists():
        check_target(output, file.suffix)
    with progress(f"training {file.name}", epochs) as advance:
        done = train(file, sheet, epochs, [parse_carry(one) for one in carry], error, advance)
        saved = save_run(done, output) if output is not None else None
    from ..report.run_table import print_run, run_document

    if as_json:
        from ..report.as_json import dumps

        click.echo(dumps(run_document(done, str(file))))
        return
    print_run(done)
    if saved is not None:
        say(f"{output}: {sum(map(len, done.typed.values())):,} start values and {saved.cells:,} stored values changed")


@click.command(epilog="Example: xlsgd plan graddesc.xlsm")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every step.")
def plan(file: Path, as_json: bool) -> None:
    """Show how a workbook is calculated: fill-downs, loops and their order.

    Formulas that are one in relative form are a region; regions that depend on each other are one step. The last column
    says in which direction a step's loop goes and whether it is compiled, or why not.
    """
    from ..api import load
    from ..plan import make_plan
    from ..report.plan_table import plan_document, plan_lines, plan_table, refusals
    from ..report.progress import progress

    with progress(f"planning {file.name}"):
        made = make_plan(load(file))
        refused = refusals(made)
    if as_json:
        from ..report.as_json import dumps

        click.echo(dumps(plan_document(made, refused, str(file))))
        return
    from ..report.terminal import console

    console().print(plan_table(made, refused))
    for line in plan_lines(made, refused):
        say(line)


@click.group(epilog="Example: xlsgd cache clear")
def cache() -> None:
    """The compiled kernels that are kept on disk."""


@cache.command(epilog="Example: xlsgd cache clear")
def clear() -> None:
    """Remove all kernels. They are compiled again when they are needed.

    They lie in the user's cache folder, or where the environment variable XLSGD_CACHE says.
    """
    from ..engine import kernels

    files, size = kernels.clear()
    say(f"{kernels.folder()}: {files:,} kernels removed, {size:,} bytes")
