"""Commands that make workbooks: ``demo``, ``variants``, ``generate``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from ..options import training
from ..shell import say


@click.command(epilog="Example: xlsgd demo -o workbooks")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="An existing folder.  [workbooks]")
def demo(output: Path | None) -> int:
    """Write the gallery and check every sheet against NumPy.

    Every formula is evaluated from the files on disk; the table has one row a sheet.
    """
    from ..api import demo as make
    from ..errors import UsageError
    from ..gallery import gallery
    from ..report.progress import progress

    folder = output or Path("workbooks")
    if output is None:
        folder.mkdir(exist_ok=True)
    elif not folder.is_dir():
        raise UsageError(f"there is no folder '{folder}', make it first")
    with progress("checking", sum(len(exhibit.shows) for exhibit in gallery())) as advance:
        outcomes = make(folder, lambda _: advance(), jobs=os.cpu_count() or 1)

    from ..report.terminal import console, outcome_table, summary_line

    console().print(outcome_table(outcomes))
    say(summary_line(outcomes))
    for outcome in outcomes:
        for line in outcome.lines():
            say(line)
    return int(not all(outcome.ok for outcome in outcomes))


@click.command(epilog="Example: xlsgd variants --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def variants(as_json: bool) -> None:
    """List models, gradients, optimizers, inits, data sets, activations, schedules, clippings, losses."""
    from ..vocabulary import vocabulary

    if as_json:
        from ..report.as_json import dumps

        click.echo(dumps(vocabulary()))
        return
    from ..report.terminal import console, registry_table

    for kind, members in vocabulary().items():
        if members:
            console().print(registry_table(kind, members), "")


@click.command(epilog="Example: xlsgd generate linear2 --gradient forward --lr 1e-4 --epochs 3 -o two_neurons.xlsx")
@click.argument("model")
@training
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Target, .xlsx.")
def generate(model: str, output: Path, **choices: Any) -> None:
    """Write one workbook with live formulas.

    Every formula cell has its value stored, for viewers that do not calculate. `xlsgd variants` lists the names.
    """
    from ..api import generate as write
    from ..report.progress import progress
    from ..vocabulary import make_variant

    variant = make_variant(model, **choices)
    with progress(f"writing {output.name}"):
        made = write(variant, output)
    say(f"{made.path}: {variant.name}, {made.values.counts.formulas:,} formulas")
