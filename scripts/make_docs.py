"""The pages of the documentation that are made from the code. ``scripts/docs`` runs this."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from xlsgd.cli import commands
from xlsgd.engine import forms as _  # noqa: F401  # enters LET and LAMBDA
from xlsgd.engine.expressions import FORMS
from xlsgd.functions.kinds import GATHERING_KINDS
from xlsgd.functions.registry import FAMILIES, Parameter, Signature, functions

DOCS = Path(__file__).parents[1] / "docs"
BY = "<!-- Written by scripts/docs: edit the code instead. -->\n"


def commands_page() -> str:
    """Every command's ``--help``."""
    parts = [f"# Commands\n\n{BY}"]
    for name, arguments in [("xlsgd", ["--help"]), *((f"xlsgd {one}", [one, "--help"]) for one in _names())]:
        shown = CliRunner().invoke(commands, arguments, prog_name="xlsgd", terminal_width=100, max_content_width=100)
        if shown.exit_code:
            raise RuntimeError(f"{name} --help: {shown.output}")
        parts.append(f"## {name}\n\n```text\n{shown.output.rstrip()}\n```\n")
    return "\n".join(parts)


def functions_page() -> str:
    """Every function of the registry, by family, with its arguments and where it is known to differ from Excel."""
    known = functions()
    count = f"{len(known) + len(FORMS)} functions. Arguments in brackets may be left out."
    parts = [
        f"# Functions\n\n{BY}",
        f"{count}\n",
        f"## Forms of the language\n\n{', '.join(map(_code, sorted(FORMS)))}\n",
    ]
    for family in FAMILIES:
        parts.append(f"## {family.replace('_', ' ').capitalize()}\n")
        parts.append("| function | arguments | known to differ from Excel |\n|---|---|---|")
        members = sorted((one for one in known.values() if one.family == family), key=lambda one: one.name)
        parts[-1] += (
            "".join(f"\n| {_code(one.name)} | {_arguments(one)} | {_cell(_remarks(one))} |" for one in members) + "\n"
        )
    return "\n".join(parts)


def pages() -> dict[Path, str]:
    """File → text."""
    return {DOCS / "commands.md": commands_page(), DOCS / "functions.md": functions_page()}


def _names() -> list[str]:
    return commands.list_commands(click.Context(commands))


def _arguments(signature: Signature) -> str:
    return _cell(", ".join(_argument(one) for one in signature.parameters))


def _argument(parameter: Parameter) -> str:
    endless = parameter.repeats or parameter.kind in GATHERING_KINDS
    name = parameter.name.strip("_") + (", …" if endless else "")
    return f"[{name}]" if parameter.optional else name


def _remarks(signature: Signature) -> str:
    return "; ".join(_parts(signature))


def _parts(signature: Signature) -> Iterator[str]:
    if signature.volatile:
        yield "volatile: see rule 14 of [how we calculate](calculation.md)"
    if signature.differs:
        yield signature.differs


def _code(name: str) -> str:
    return f"`{name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the pages, each beside and then renamed."""
    for path, text in pages().items():
        part = path.with_suffix(".part")
        part.write_text(text, "utf-8")
        os.replace(part, path)


if __name__ == "__main__":
    main()
