"""The commands that are killed: what they are given, what they write."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xlsgd.api import generate
from xlsgd.vocabulary import make_variant

OPTIMIZERS = ("sgd", "momentum", "adam", "rmsprop", "adagrad")


@dataclass(frozen=True)
class Scene:
    """One command.

    arguments: given a folder with the inputs and one to write into. often: its share of the kills. cache: each run
    begins without kernels. slow: it starts workers.
    """

    name: str
    arguments: Callable[[Path, Path], list[str]]
    often: int
    resume: tuple[str, ...] = ()
    cache: bool = False
    slow: bool = False

    def command(self, inputs: Path, out: Path, again: bool = False) -> list[str]:
        """The command line; ``again``: after a kill."""
        return [*self.arguments(inputs, out), *(self.resume if again else ())]


SCENES = (
    Scene("calc -o", lambda given, out: ["calc", f"{given}/stale.xlsx", "-o", f"{out}/calc.xlsx"], 6),
    Scene(
        "verify --annotate", lambda given, out: ["verify", f"{given}/adam.xlsx", "--annotate", f"{out}/note.xlsx"], 6
    ),
    Scene("verify --html", lambda given, out: ["verify", f"{given}/adam.xlsx", "--html", f"{out}/page.html"], 5),
    Scene("generate", lambda _, out: ["generate", "linear2", "--epochs", "6", "-o", f"{out}/made.xlsx"], 6),
    Scene("run -o", lambda given, out: ["run", f"{given}/sgd.xlsx", "--epochs", "3", "-o", f"{out}/run.xlsx"], 5),
    Scene("kernels", lambda given, _: ["calc", f"{given}/adam.xlsx", "--json"], 4, cache=True),
    Scene(
        "batch --json",
        lambda given, out: ["batch", str(given), "--jobs", "2", "--json", f"{out}/lines.jsonl"],
        4,
        resume=("--resume",),
        slow=True,
    ),
    Scene("demo", lambda _, out: ["demo", "-o", str(out)], 1, slow=True),
)


def prepare(folder: Path) -> Path:
    """The workbooks that the commands read."""
    for name in OPTIMIZERS:
        generate(make_variant("linear", optimizer=name, epochs=2), folder / f"{name}.xlsx")
    generate(make_variant("linear", optimizer="adam", lr=0.003, epochs=4), folder / "stale.xlsx")
    _make_stale(folder / "stale.xlsx")
    return folder


def _make_stale(path: Path) -> None:
    """Stored values that are wrong, so that a calculation has something to store."""
    from xlsgd.book.patch import patch
    from xlsgd.book.reader import read

    book = read(path)
    patch(path, path, {0: dict.fromkeys(book.sheets[0].formulas, 7.0)})


def old_state(scene: Scene, out: Path) -> None:
    """What stood there before: for the first command an older file, for others nothing, or both in turn."""
    target = scene.command(out, out)[-1]
    if target.endswith((".xlsx", ".html")):
        Path(target).write_bytes(b"PK old " * 3000)


@contextlib.contextmanager
def environment(cache: Path) -> Iterator[None]:
    """Kernels in a folder of their own."""
    before = os.environ.get("XLSGD_CACHE")
    os.environ["XLSGD_CACHE"] = str(cache)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XLSGD_CACHE"]
        else:
            os.environ["XLSGD_CACHE"] = before


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by name; lines of results without what differs from run to run: times and their order."""
    return {path.name: _timeless(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _timeless(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != ".jsonl":
        return data
    kept = []
    for line in data.splitlines():
        record = json.loads(line)
        record.pop("seconds", None)
        kept.append(json.dumps(record, sort_keys=True))
    return "\n".join(sorted(kept)).encode()


def empty(folder: Path) -> Path:
    """A folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
