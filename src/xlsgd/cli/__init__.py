"""The command line. Only click is imported here at once; everything else when a command needs it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .. import __version__
from ..errors import UsageError
from ..limits import limits
from ..shell import Commands, run
from .batch import batch
from .calculate import cache, calc, plan, run_command
from .check import diff, verify
from .make import demo, generate, variants


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: xlsgd generate linear2 --gradient forward --epochs 3 -o two_neurons.xlsx",
)
@click.option(
    "--limit", "raised", multiple=True, metavar="NAME=VALUE", help="Other limit on files, as inflated=8GiB; repeatable."
)
@click.version_option(__version__, prog_name="xlsgd")
@click.pass_context
def commands(context: click.Context, raised: tuple[str, ...]) -> None:
    """Training runs as Excel formulas: generate them, evaluate them, check them against NumPy.

    Exit status: 0 all is well, 1 something differs, 2 unusable input or wrong usage.
    """
    if raised:
        context.with_resource(limits(**dict(map(_setting, raised))))


def _setting(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise UsageError(f"--limit {text}: give a name and a value, such as inflated=8GiB")
    return name.strip(), value


for _command in (batch, demo, variants, generate, calc, run_command, plan, cache, verify, diff):
    commands.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit status."""
    return run(commands, arguments)
