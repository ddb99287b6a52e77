"""Runs attacks against the command line in this process, under guard: ``python trial.py FOLDER NAME…``.

Prints a line of JSON for each command. Time is that of the processor, so that a busy machine changes nothing; memory
is bounded for the process as a whole, and what goes beyond is a MemoryError, thus a failure.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import cell_attacks  # noqa: F401
import copy_attacks  # noqa: F401
import file_attacks  # noqa: F401
import xml_attacks  # noqa: F401
import zip_attacks  # noqa: F401
from attack_registry import ATTACKS, COMMANDS, Attack

SECONDS, PATIENCE, MEMORY = 20, 200, 1024**3  # twice the time that the page promises: for a busy machine
_NEVER = ("socket.", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "webbrowser.open")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Trespass(BaseException):
    """Something that no file may bring about. Not an Exception, so that nothing on the way swallows it."""


class TooLong(BaseException):
    """More time than any file may take."""


def guard(folder: Path) -> None:
    """From now on: no network, no programs, nothing written outside of a folder, a bound on memory."""
    inside, kernels = str(folder.resolve()), os.environ["XLSGD_CACHE"]

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_NEVER):
            raise Trespass(f"{event} {arguments!r:.200}")
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
            place = os.path.abspath(str(arguments[0]))
            if not place.startswith((inside, kernels, os.devnull)) and not isinstance(arguments[0], int):
                raise Trespass(f"wrote {place}")

    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    sys.addaudithook(look)


@contextlib.contextmanager
def _timed() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)


def command(arguments: list[str]) -> dict[str, object]:
    """One command line: its status, what it printed, how long it took, and what it must not have done."""
    from xlsgd.cli import main

    out, errors = io.StringIO(), io.StringIO()
    wrong, status, start = "", -1, time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors), _timed():
            status = main(arguments)
    except TooLong:
        wrong = f"more than {SECONDS} s"
    except BaseException as error:
        wrong = "".join(traceback.format_exception(error)[-12:])
    seconds = time.process_time() - start
    return {"status": status, "out": out.getvalue(), "errors": errors.getvalue(), "wrong": wrong, "seconds": seconds}


def judge(attack: Attack, what: str, found: dict[str, object], target: Path) -> str:
    """What is wrong with a command's end; "" where all is well."""
    errors, status = str(found["errors"]), found["status"]
    refused = bool(attack.refused) and what in attack.by
    if found["wrong"]:
        return str(found["wrong"])
    if status == 2:
        if errors.count("\n") != 1 or not errors.startswith("xlsgd: ") or "Traceback" in errors:
            return f"not one line: {errors[:500]}"
        if target.exists():
            return "refused, but wrote a file"
        return "" if refused and attack.refused in errors else f"unexpected: {errors[:500]}"
    if refused:
        return f"not refused, status {status}: {str(found['out'])[:300]}"
    if what == "calc":
        cells = json.loads(str(found["out"]))["cells"]
        other = {cell: cells.get(cell) for cell, value in attack.answer.items() if cells.get(cell) != value}
        return f"other values: {other}" if other else ""
    return ""


def trial(name: str, folder: Path) -> Iterator[dict[str, object]]:
    """All commands on the file of one attack."""
    attack = ATTACKS[name]
    place, target = folder / "in" / "a.xlsx", folder / "in" / "out.xlsx"
    place.parent.mkdir(parents=True)
    wanted = ("calc", "annotate") if attack.alone and attack.refused else COMMANDS
    commands = {
        "calc": ["calc", str(place), "--json", "--all"],
        "verify": ["verify", str(place), "--json"],
        "calc -o": ["calc", str(place), "-o", str(target)],
        "annotate": ["verify", str(place), "--annotate", str(target)],
    }
    attack.make(place)
    for what, arguments in commands.items():
        if what not in wanted:
            continue
        found = command(arguments)
        wrong = judge(attack, what, found, target)
        target.unlink(missing_ok=True)
        left = sorted(one.name for one in place.parent.iterdir() if one != place)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        wrong = wrong or (f"left files: {left}" if left else "") or ("" if peak < 1024 else f"{peak} MB")
        seconds = round(float(str(found["seconds"])), 2)
        yield {"attack": name, "command": what, "wrong": wrong, "seconds": seconds, "peak": peak,
               "says": str(found["errors"])[:200]}  # fmt: skip


def main() -> None:
    """Run the attacks that the command line names."""
    folder = Path(sys.argv[1])
    import xlsgd.api
    import xlsgd.check.judge
    import xlsgd.cli
    import xlsgd.engine
    import xlsgd.report.terminal

    xlsgd.calculate(xlsgd.Book())
    guard(folder)
    for at, name in enumerate(sys.argv[2:]):
        for line in trial(name, folder / str(at)):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
