"""The process that takes the inputs: ``python -m fuzz.worker JSON``. One that is killed loses nothing but its input."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path

from . import plants
from .failures import keep, kind_of
from .guard import Guard, limit_memory
from .inputs import level_of, make_input
from .state import State
from .trips import take

_MORE = 2**30  # bytes: what one input may take


def main() -> None:
    """Take the inputs ``first``, ``first + step`` … until told to stop."""
    told = json.loads(sys.argv[1])
    folder, keeps = Path(told["folder"]), Path(told["keep"])
    tempfile.tempdir = str(folder)
    os.chdir(folder)
    state = State(Path(told["state"]))
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    _warm(folder)
    guard = Guard(folder)
    limit_memory(_MORE)
    for number in range(told["first"], told["end"], told["step"]):
        level = level_of(told["level"], number)
        data = make_input(level, told["seed"], number)
        station = partial(_begin, state, number)
        station()
        try:
            guard.on = True
            if told["plant"] and number == plants.NUMBER:
                plants.plant(told["plant"])
            outcome = take(level, data, folder, number // 10 if told["level"] == "all" else number, station)
        except BaseException as error:  # whatever it is, it is what we look for
            guard.on = False
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome = "failed"
            keep(keeps, level, told["seed"], number, data, kind_of(error), traceback.format_exc())
        guard.on = False
        state.end(number, level, outcome)


def _begin(state: State, number: int) -> None:
    state.begin(number, time.process_time())


def _warm(folder: Path) -> None:
    """Import and compile what every trip needs, before memory is limited."""
    for level in ("bytes", "formula", "csv"):
        for number in range(3):
            take(level, make_input(level, 0, number), folder, 0)
    from .corpus import zipped

    take("bytes", zipped()[-1], folder, 0)


if __name__ == "__main__":
    main()
