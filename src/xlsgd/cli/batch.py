"""The command ``batch``: many workbooks at once, in continuous integration or at the desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_PATH = click.Path(path_type=Path)


@click.command(epilog="Example: xlsgd batch workbooks --junit report.xml")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-j", "--jobs", type=int, metavar="N", help="Worker processes.  [one a core]")
@click.option("--dask", metavar="ADDRESS", help="Work on a Dask cluster: tcp://…, a scheduler's file, or local.")
@click.option("--timeout", type=float, metavar="SECONDS", help="What a workbook may take.  [60]")
@click.option("--max-memory", metavar="SIZE", help="What a worker may use for a workbook.  [2GiB]")
@click.option("--json", "json_out", metavar="OUT", help="JSON lines, one a workbook as it comes; - for stdout.")
@click.option("--resume", is_flag=True, help="Keep what OUT of --json has of the same workbooks.")
@click.option("--junit", type=_PATH, metavar="OUT", help="JUnit XML, .xml, for Jenkins, GitLab and others.")
@click.option("--html", type=_PATH, metavar="FOLDER", help="An overview and a page a workbook, into a folder.")
@click.option("--github", is_flag=True, help="Annotations and a summary for GitHub Actions.")
@click.option("--fail-on", metavar="KINDS", help="Kinds of findings, error, warning, unrecognised, any.  [error]")
@click.option(
    "--baseline",
    type=_PATH,
    metavar="FILE",
    help="Accept the findings that this file knows; tell new and vanished ones.",
)
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline, and accept them.")
@click.option("--roles", type=_PATH, metavar="TOML", help="What columns are, where we misread them.")
@click.option("--variant", metavar="NAME", help="What is trained, such as linear2-forward-sgd.")
@click.option("-q", "--quiet", count=True, help="No line for workbooks that are ok; twice: nothing but errors.")
def batch(paths: tuple[str, ...], **asked: Any) -> int:
    """Verify many workbooks: files, folders, patterns, zips, addresses such as s3://bucket/folder.

    One line a workbook with its first wrong cell, the totals at the end. A workbook that cannot be checked, or not
    within its limits of time and memory, is a line with its error and stops no other.

    Exit status: 0 all is well, 1 findings that count, 2 a workbook that could not be checked.
    """
    from .batch_run import Asked, run

    return run(paths, Asked(**asked))
