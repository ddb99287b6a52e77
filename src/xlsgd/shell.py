"""The edge between click and the shell: one line for an error, an exit status, "did you mean" for commands.

Status 0: all is well. 1: differences or findings. 2: unusable input or wrong usage. 130: interrupted. 141: whoever
read the output went away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from .display import plain
from .errors import UsageError, XlsgdError, unknown_name

INTERRUPTED = 130
CLOSED_PIPE = 141


class ClosedPipe(Exception):
    """Whoever read the output went away. Stands for BrokenPipeError, which some versions of click swallow."""


class Commands(click.Group):
    """A group that knows its commands by near misses, too."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. Raises ClosedPipe."""
        try:
            status: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise ClosedPipe from None
        return status

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names. Raises UsageError."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise unknown_name("command", args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def targets(out: Path, files: Sequence[Path], suffix: str | None = None) -> dict[Path, Path]:
    """Where what is made of each file goes: to ``out``, of several files into ``out`` as a folder.

    suffix: of what is made; None: the file's own. Raises UsageError before any work is done.
    """
    from .api import check_target

    if not out.is_dir() and len(set(files)) > 1:
        raise UsageError(f"cannot write '{out}': for several files give a folder that exists")
    into = {file: out / (file.with_suffix(suffix).name if suffix else file.name) for file in files}
    wanted = into if out.is_dir() else dict.fromkeys(files, out)
    if len(set(wanted.values())) < len(wanted):
        raise UsageError(f"cannot write to '{out}': two of the files have one name")
    return {file: check_target(place, suffix or file.suffix or ".xlsx") for file, place in wanted.items()}


def run(group: click.Group, arguments: Sequence[str] | None = None) -> int:
    """Run a command line and say how it ended. Errors that a user can cause become one line on stderr.

    An empty command line asks for help.
    """
    _forgiving_streams()
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        status = group.main(args=words, prog_name="xlsgd", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ClosedPipe:
        # Python flushes stdout once more at exit, and there it would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except click.ClickException as error:
        return _complain(error.format_message())
    except XlsgdError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    return status if isinstance(status, int) else 0


def say(line: str, err: bool = False) -> None:
    """Print a line in which names and texts of strangers may stand."""
    click.echo(plain(line), err=err)


def _complain(message: str) -> int:
    say("xlsgd: " + " ".join(message.split()), err=True)
    return 2


def _forgiving_streams() -> None:
    """Let a terminal that lacks a letter show ``?`` in its place."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
