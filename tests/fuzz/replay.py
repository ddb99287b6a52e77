"""Kept inputs taken again, one after another, all stations included."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from .failures import level_of_file
from .trips import take


def replay(files: Sequence[Path], folder: Path) -> int:
    """Take inputs again and tell how they ended; 1 where one fails."""
    failed = 0
    for file in files:
        if file.suffix == ".txt":
            continue
        start = time.process_time()
        try:
            outcome = take(level_of_file(file), file.read_bytes(), folder, 0)
        except Exception:  # told in full: it is what is looked for
            outcome, failed = "FAILED", 1
            traceback.print_exc(file=sys.stdout)
        print(f"{file.name}: {outcome}, {time.process_time() - start:.3f} s")
    return failed
