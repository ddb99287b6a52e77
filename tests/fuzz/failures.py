"""Failures kept on disk so that they can be replayed: the input as a file, and beside it what happened."""

from __future__ import annotations

import json
import re
import traceback
from pathlib import Path

from .inputs import SUFFIX
from .trips import WrongAnswer

MOST = 3  # of one kind: more of them tell nothing new


def kind_of(error: BaseException) -> str:
    """The failure's kind: what was raised, and in which of our functions."""
    if isinstance(error, WrongAnswer):
        return f"WrongAnswer {str(error).partition(':')[0]}"
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "xlsgd" in one.filename]
    place = f"{Path(frames[-1].filename).stem}.{frames[-1].name}" if frames else "elsewhere"
    return f"{type(error).__name__} in {place}"


def keep(folder: Path, level: str, seed: int, number: int, data: bytes, kind: str, story: str) -> bool:
    """Keep an input; False where enough of its kind are there."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.]+", "-", kind).strip("-")
    if len(list(folder.glob(f"{level}-{stem}-*.txt"))) >= MOST:
        return False
    name = f"{level}-{stem}-{seed}-{number}"
    (folder / (name + SUFFIX[level])).write_bytes(data)
    facts = {"level": level, "seed": seed, "number": number, "kind": kind}
    (folder / (name + ".txt")).write_text(json.dumps(facts) + "\n\n" + story, "utf-8", "replace")
    return True


def level_of_file(path: Path) -> str:
    """The level of a kept input, by the beginning of its name or else by its ending."""
    for level, suffix in SUFFIX.items():
        if path.name.startswith(level + "-") and path.suffix == suffix:
            return level
    return next(level for level, suffix in SUFFIX.items() if suffix == path.suffix)
