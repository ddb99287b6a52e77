"""The files that a batch leaves: JUnit XML, the overview, what GitHub reads. Each is written beside and renamed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from ..api import check_target
from ..book.atomic import replace_file
from ..report.batch_rows import BatchReport

OVERVIEW = "index.html"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where what goes. to_stderr: GitHub's commands go there, stdout is taken."""

    junit: Path | None
    html: Path | None
    github: bool
    to_stderr: bool

    @classmethod
    def checked(cls, junit: Path | None, html: Path | None, github: bool, to_stderr: bool = False) -> Outputs:
        """Raises UsageError where something cannot be written, before any work is done."""
        if junit is not None:
            check_target(junit, ".xml")
        return cls(junit, html, github, to_stderr)

    def write(self, report: BatchReport) -> None:
        """Write all of them. Raises UsageError."""
        if self.junit is not None:
            from ..report.junit import junit

            replace_file(self.junit, junit(report))
        if self.html is not None:
            from ..report.batch_page import batch_page

            replace_file(self.html / OVERVIEW, batch_page(report))
        if self.github:
            self._tell_github(report)

    def _tell_github(self, report: BatchReport) -> None:
        from ..report.github import append_summary, commands

        for command in commands(report):
            click.echo(command, err=self.to_stderr)
        append_summary(report)
