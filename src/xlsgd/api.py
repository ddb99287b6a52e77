"""What a program can do with xlsgd. The command line and the pytest plugin are thin edges over these functions."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from .errors import UsageError, unknown_name
from .variants import Variant

if TYPE_CHECKING:
    from typing import Unpack

    from .batch.record import BatchKeywords
    from .batch.run import Batch
    from .book import Book, Cell
    from .book.patch import Patched
    from .check import Outcome, Stale
    from .check.diff import Diff
    from .check.findings import Finding, Report
    from .check.understand import Overrides
    from .engine.base import Result, Values
    from .epochs import Carry, Run
    from .gallery import Exhibit
    from .reference import Trace
    from .sheet import Told
    from .values import Scalar

DEFAULT_ENGINE = "native"

MEASURES = ("root_sum_error_", "mean_error_")  # how well an epoch went, by the model's own measure
COUNTERS = frozenset({"step", "epoch", "row", "pick"})  # columns of a sheet that only count rows

Runs: TypeAlias = "int | Mapping[str, Any]"


class OpenpyxlWorkbook(Protocol):
    """What :func:`load` needs of an openpyxl Workbook."""

    worksheets: Any

    def save(self, filename: Any) -> None: ...


Source: TypeAlias = "str | os.PathLike[str] | OpenpyxlWorkbook | Book"


@dataclass(frozen=True, slots=True)
class Generated:
    """What :func:`generate` wrote: where, the book, how each variant lies on its sheet, and all values."""

    path: Path
    book: Book
    told: tuple[Told, ...]
    values: Values


def load(source: Source) -> Book:
    """Read a workbook from an ``.xlsx`` or ``.xlsm`` file or from an openpyxl Workbook.

    A Book is handed back as it is. Raises UnreadableError.
    """
    from .book import Book
    from .book.reader import read

    if isinstance(source, Book):
        return source
    if isinstance(source, str | os.PathLike):
        return read(source)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        source.save(path)
        book = read(path)
    book.path = None
    return book


def calculate(
    source: Source, engine: str = DEFAULT_ENGINE, *, volatile: str | None = None, seed: int | None = None
) -> Values:
    """Evaluate all formulas of a workbook.

    volatile: "cached" keeps the stored values of RAND, NOW and kin, "fresh" draws them anew; seed makes what is drawn
    repeatable. Left out: "fresh" with a seed, "cached" without. Raises UnreadableError, EngineError, and UsageError
    for an unknown engine.
    """
    from .engine import get_engine
    from .engine.base import Options
    from .plan import make_plan

    runner = get_engine(engine)
    clock = time.perf_counter()
    book = load(source)
    read = time.perf_counter()
    plan = make_plan(book)
    planned = time.perf_counter()
    values = runner.run(plan, Options(volatile or ("cached" if seed is None else "fresh"), seed))
    values.seconds = {"read": read - clock, "plan": planned - read, **values.seconds}
    return values


def generate(variants: Variant | Sequence[Variant], path: str | os.PathLike[str]) -> Generated:
    """Write a workbook with live formulas and their values, one sheet a variant.

    Raises UsageError where the target's folder does not exist or a variant makes no sense.
    """
    from .sheet import make_book

    return _store(*make_book(_listed(variants)), check_target(path))


def _store(book: Book, told: Sequence[Told], target: Path) -> Generated:
    """Evaluate a book that was made and write it with its values."""
    from .book.writer import write

    values = calculate(book)
    for sheet, results in zip(book.sheets, values.results, strict=True):
        sheet.cached = _answers(results)
    write(book, target)
    return Generated(target, book, tuple(told), values)


def reference(variant: Variant, runs: Runs | None = None) -> Trace:
    """Train a variant in NumPy, all runs side by side.

    runs: None for the variant as it is; a number for so many equal runs; or a mapping with learning rates (``"lr"``)
    and initial weights by name, each a number or a sequence, one entry a run. What the mapping leaves out is the
    variant's own. Raises UsageError for an unknown key or lengths that do not fit.

    >>> from xlsgd.variants import Linear, Variant
    >>> trace = reference(Variant(Linear()), runs={"lr": [1e-5, 1e-4], "a": 0.5})
    >>> trace.runs, trace.columns["a"][:, 0].tolist()
    (2, [0.5, 0.5])
    """
    import numpy as np

    from .reference import train

    given: Mapping[str, Any] = {"lr": [variant.optimizer.lr] * runs} if isinstance(runs, int) else runs or {}
    wanted: dict[str, Any] = {"lr": variant.optimizer.lr, **variant.start}
    for key in given:
        if key not in wanted:
            raise unknown_name("key of runs", key, wanted)
    try:
        rows = np.broadcast_arrays(*(np.array({**wanted, **given}[key], dtype=np.float64, ndmin=1) for key in wanted))
    except ValueError as error:
        raise UsageError(f"runs do not fit together: {error}") from None
    return train(variant, np.stack(rows[1:], axis=1), rows[0])


def check_file(
    path: str | os.PathLike[str], variants: Variant | Sequence[Variant], engine: str = DEFAULT_ENGINE
) -> list[Outcome]:
    """Evaluate a generated workbook as it stands on disk and compare it with NumPy, one outcome a variant.

    Raises UnreadableError, and UsageError where the file has no sheet of a variant's name.
    """
    from .sheet import make_book

    return _check_told(Path(path), make_book(_listed(variants))[1], engine)


def _check_told(path: Path, tolds: Sequence[Told], engine: str = DEFAULT_ENGINE) -> list[Outcome]:
    from .check import differing_cached

    values = calculate(path, engine)
    stale = differing_cached(values)
    return [_outcome(values, stale, told, path) for told in tolds]


def generate_exhibit(exhibit: Exhibit, folder: str | os.PathLike[str]) -> Generated:
    """Write one workbook of the gallery into a folder. Raises UsageError where the folder does not exist."""
    from .sheet.exhibits import make_exhibit

    return _store(*make_exhibit(exhibit), check_target(Path(folder, exhibit.file)))


def check_exhibit(exhibit: Exhibit, folder: str | os.PathLike[str]) -> list[Outcome]:
    """Evaluate a workbook of the gallery as it stands in a folder and compare its training sheets with NumPy."""
    from .sheet.exhibits import tell_exhibit

    return _check_told(Path(folder, exhibit.file), tell_exhibit(exhibit))


def demo(folder: str | os.PathLike[str], done: Callable[[Outcome], None] | None = None, jobs: int = 1) -> list[Outcome]:
    """Write the gallery into a folder, evaluate every formula from the files and compare every sheet with NumPy.

    done: called with each outcome as it comes, in the order of the gallery. jobs: how many processes share the
    workbooks; with more than one a script that calls this needs ``if __name__ == "__main__"``. Raises UsageError where
    the folder does not exist.
    """
    from .gallery import gallery

    exhibits = gallery()
    if jobs > 1 and len(exhibits) > 1:
        return _gather(_in_processes(exhibits, folder, jobs), done)
    return _gather((_demonstrate(exhibit, folder) for exhibit in exhibits), done)


def _demonstrate(exhibit: Exhibit, folder: str | os.PathLike[str]) -> list[Outcome]:
    generate_exhibit(exhibit, folder)
    return check_exhibit(exhibit, folder)


def _in_processes(exhibits: Sequence[Exhibit], folder: str | os.PathLike[str], jobs: int) -> Iterator[list[Outcome]]:
    """Each workbook in a process of its own, the largest begun first, handed back in order."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        waiting = {}
        for exhibit in sorted(exhibits, key=lambda one: -one.steps):
            waiting[exhibit.name] = pool.submit(_demonstrate, exhibit, folder)
        for exhibit in exhibits:
            yield waiting[exhibit.name].result()


def _gather(found: Iterable[list[Outcome]], done: Callable[[Outcome], None] | None) -> list[Outcome]:
    outcomes = []
    for several in found:
        for outcome in several:
            outcomes.append(outcome)
            if done is not None:
                done(outcome)
    return outcomes


def verify(*sources: Source, overrides: Overrides | None = None) -> Report:
    """Check workbooks that somebody made: what is wrong in them, at which cell, and what belongs there.

    overrides: what the user says of columns and variant, where we would misread them. Raises UnreadableError.

    >>> from xlsgd.book import Book, Sheet
    >>> verify(Book([Sheet("empty")])).files[0].verdict
    'unrecognised'
    """
    from .check.findings import Report
    from .check.verification import verify_book

    books = ((source, load(source)) for source in sources)
    return Report(tuple(verify_book(book, _name(source, book), overrides) for source, book in books))


def batch(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], **options: Unpack[BatchKeywords]) -> Batch:
    """Verify many workbooks, in files, folders, patterns, zips and at addresses: a record of each, in a stable order.

    Iterate over what is returned: work begins with the first record and each comes as soon as it is done; ``list(…)``
    has them all, ``len(…)`` is known at once. A workbook that is unreadable, takes too long or crashes its process is a
    record with an error and stops no other. options: see :class:`xlsgd.batch.record.BatchOptions`.
    Raises UsageError for a path that does not exist or an option that makes no sense.

    >>> for record in batch("examples/many", jobs=2):  # doctest: +SKIP
    ...     print(record.file, record.verdict)
    """
    from .batch.record import BatchOptions
    from .batch.run import run_batch

    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return run_batch(several, BatchOptions(**options))


def _name(source: Source, book: Book) -> str:
    return str(source) if isinstance(source, str | os.PathLike) else book.title


def write_html(report: Report, path: str | os.PathLike[str], overrides: Overrides | None = None) -> None:
    """Write what :func:`verify` found as one page that needs no network. Raises UsageError where it cannot."""
    from .report.html import write_html as write

    write(report, check_target(path, ".html"), overrides)


def annotate(path: str | os.PathLike[str], target: str | os.PathLike[str], findings: Sequence[Finding]) -> None:
    """Copy a workbook with findings marked: coloured cells, notes, one sheet more; every other byte stays.

    Raises UnreadableError, and UsageError where the target cannot be written or is the workbook itself.
    """
    from .report.annotated import annotate as write

    source = Path(path)
    place = check_target(target, source.suffix)
    if place.exists() and source.exists() and place.samefile(source):
        raise UsageError(f"cannot write '{place}': it is the workbook itself, which stays as it is")
    write(source, place, findings)


def diff(one: Source, two: Source) -> Diff:
    """Compare two workbooks by region: what differs in formulas, values, names, charts. Raises UnreadableError."""
    from .check.diff import diff_books

    return diff_books(load(one), load(two))


def run(
    source: Source,
    sheet: str | None = None,
    epochs: int = 5,
    carries: Sequence[Carry] = (),
    error: str | None = None,
    done: Callable[[], None] | None = None,
) -> Run:
    """Train a sheet on, as its buttons do: copy the last weights and states to the top, recalculate, again and again.

    carries: what to copy; left out, what the workbook's names tell or what is recognised. error: the cell that tells
    the error. done: called after each epoch. Raises UnreadableError, and UsageError where it is not clear what to copy.
    """
    from .epochs import run_epochs

    return run_epochs(load(source), sheet, epochs, carries, error, done)


def save_run(done: Run, path: str | os.PathLike[str]) -> Patched:
    """Copy the workbook that was trained, with its start weights and stored values as after the last epoch.

    Raises UsageError where the target's folder does not exist or the workbook did not come from a file.
    """
    from tempfile import TemporaryDirectory

    from .book.patch import patch
    from .book.patch_inputs import patch_inputs

    source = done.values.book.path
    if source is None:
        raise UsageError("the workbook did not come from a file: nothing to copy")
    target = check_target(path, source.suffix)
    with TemporaryDirectory(prefix="xlsgd-") as folder:  # the target itself is replaced once, when all is in
        typed = Path(folder, source.name)
        patch_inputs(source, typed, done.typed)
        return patch(typed, target, dict(enumerate(done.values.results)))


def save_values(values: Values, path: str | os.PathLike[str]) -> Patched:
    """Copy the workbook that was calculated, in which only the stored values of formula cells change.

    Formula cells that the engine could not calculate keep their stored value. Raises UsageError where the target's
    folder does not exist or the workbook did not come from a file.
    """
    from .book.patch import patch

    source = values.book.path
    if source is None:
        raise UsageError("only a workbook that was read from a file can be saved with new values")
    return patch(source, check_target(path, source.suffix), dict(enumerate(values.results)))


def _outcome(values: Values, stale: Sequence[Stale], told: Told, path: Path) -> Outcome:
    """One sheet's comparison, the sheet found by its name and its columns where the telling puts them."""
    from .check import Outcome, compare, typed_cells

    variant = told.variant
    index = values.book.index(told.sheet.name)
    if index is None:
        raise UsageError(f"no sheet '{told.sheet.name}' for variant '{variant.name}'", path=path)
    sheet = values.book.sheets[index]
    columns = {key: col for key, col in told.columns.items() if key not in COUNTERS}
    return Outcome(
        variant=variant,
        path=path,
        comparison=compare(values, sheet.name, columns, told.rows, reference(variant), summary=told.summary),
        formulas=len(sheet.formulas),
        typed=typed_cells(told.sheet, sheet),
        stale=tuple(one for one in stale if one.sheet == sheet.name),
        roots=tuple(values.at(index, *cell) for key, cell in told.summary.items() if key.startswith(MEASURES)),
    )


def _listed(variants: Variant | Sequence[Variant]) -> list[Variant]:
    return [variants] if isinstance(variants, Variant) else list(variants)


def check_target(path: str | os.PathLike[str], suffix: str = ".xlsx") -> Path:
    """The path of a workbook that is to be written. Raises UsageError."""
    target = Path(path)
    if target.suffix.lower() != suffix.lower():
        raise UsageError(f"cannot write '{target}': give it a name that ends in {suffix}")
    if not target.parent.is_dir():
        raise UsageError(f"cannot write '{target}': there is no folder '{target.parent}', make it first")
    if target.is_dir():
        raise UsageError(f"cannot write '{target}': it is a folder")
    return target


def _answers(results: Mapping[Cell, Result]) -> MutableMapping[Cell, Scalar]:
    """The results without those that the engine could not give."""
    from .book.columns import CellColumns
    from .book.gather import answered
    from .values import Unsupported

    if isinstance(results, CellColumns):
        return answered(results)
    return {cell: value for cell, value in results.items() if not isinstance(value, Unsupported)}
