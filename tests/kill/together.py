"""Many processes that write the same things at once: ``python -m kill.together SCENE PROCESSES FOLDER``."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from xlsgd import api
from xlsgd.book.atomic import replace_file
from xlsgd.gallery import gallery
from xlsgd.vocabulary import make_variant

ROUNDS = 40


def targets(folder: Path, number: int) -> None:
    """One file, again and again, of a size and content of one's own; whatever is read is somebody's whole file."""
    target = folder / "one.bin"
    for turn in range(ROUNDS):
        replace_file(target, bytes([number]) * (10_000 * number + turn))
        data = target.read_bytes()
        assert len(set(data)) == 1, "parts of two files"
        assert data[0] * 10_000 <= len(data) < data[0] * 10_000 + ROUNDS, "half of a file"


def kernels(folder: Path, number: int) -> None:
    """The same kernels compiled and kept by all."""
    os.environ["XLSGD_CACHE"] = str(folder / "kernels")
    path = folder / f"own{number}.xlsx"
    made = api.generate(make_variant("linear", optimizer="adam", epochs=1), path)
    found = {name: repr(value) for name, value in api.calculate(path).items()}
    assert made.values.counts.compiled > 0
    (folder / f"answers{number}.json").write_text(json.dumps(found))


def exhibits(folder: Path, number: int) -> None:
    """The same workbooks of the gallery, made and checked by all."""
    for exhibit in sorted(gallery(), key=lambda one: one.steps)[:1]:
        api.generate_exhibit(exhibit, folder)
        assert all(outcome.ok for outcome in api.check_exhibit(exhibit, folder))


SCENES: dict[str, Callable[[Path, int], None]] = {"targets": targets, "kernels": kernels, "exhibits": exhibits}


def main() -> int:
    """Start the processes; 1 where one of them failed."""
    scene, processes, folder = SCENES[sys.argv[1]], int(sys.argv[2]), Path(sys.argv[3])
    children = []
    for number in range(1, processes + 1):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                scene(folder, number)
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(child)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    return int(any(statuses))


if __name__ == "__main__":
    sys.exit(main())
