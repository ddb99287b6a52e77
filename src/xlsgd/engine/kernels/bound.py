"""A step made ready to run: a kernel and the places that it is to work on."""

from __future__ import annotations

import ctypes
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...plan import Step
from ...values import Area
from ..links import Links
from . import compile
from .answers import Answers, Question
from .callbacks import unfinished
from .compile import Kernel, kernel
from .lowering import lower_step
from .places import CannotCompile, lines


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that the kernels cannot do exactly as the scalar engine, and why."""

    reason: str


@dataclass(slots=True)
class Bound:
    """A step bound to its places.

    sheets: the position in the book of each sheet slot of the kernel. reads: the areas that may be read, as concrete
    rows and columns. kernel: machine code, shared by all steps of equal content.
    """

    sheets: tuple[int, ...]
    reads: tuple[Area, ...]
    kernel: Kernel
    params: array[int]
    first: int
    last: int

    def run(self, tables: Sequence[int]) -> bool:
        """Calculate all cells of all regions.

        ``tables[k]`` is the address of the pointers to the columns of sheet slot k: ``table[col][row]`` is the tagged
        value of a cell, rows and columns counted from 1. False where text or an unsupported value was met: then what
        was written does not count.
        """
        pointers = (ctypes.c_void_p * len(tables))(*tables)
        unfinished()
        place, _ = self.params.buffer_info()
        status = self.kernel.call(pointers, place, self.kernel.functions, self.first, self.last)
        return status == 0 and not unfinished()


KEPT = 4096
"""Steps whose binding is remembered: workbooks of one making have the same."""

_lock = threading.Lock()
_known: OrderedDict[object, tuple[list[Question], Bound | Refused]] = OrderedDict()


def bind(step: Step, links: Links, used: Callable[[int], tuple[int, int]], after: int = 0) -> Bound | Refused:
    """A step's kernel, bound to its places; or why there is none.

    ``used(sheet)`` gives the last used row and column of a sheet: whole columns and rows end there. ``after``: a
    kernel that is neither in memory nor on disk is compiled only when this process has asked for it more often than so.
    """
    key = _key(step)
    with _lock:
        known = _known.get(key)
    if known is not None and Answers(links, used).agree(known[0]):
        return known[1]
    answers = Answers(links, used)
    bound = _bind(step, answers, after)
    if bound is not _NOT_YET:
        with _lock:
            _known[key] = answers.log, bound
            while len(_known) > KEPT:
                _known.popitem(last=False)
    return bound


def forget() -> None:
    """Forget all kernels in memory and what was bound to them."""
    with _lock:
        _known.clear()
    compile.forget()


_NOT_YET = Refused("compiling would take longer")


def _key(step: Step) -> object:
    """What tells a step from others, but for what its workbook means by names."""
    regions = [(region.program.sheet, region.program.key, region.program.kind, region.box) for region in step.regions]
    return step.loop, tuple(region.program.dynamic for region in step.regions), tuple(regions)


def _bind(step: Step, answers: Answers, after: int) -> Bound | Refused:
    try:
        form, places = lower_step(step, answers)
    except CannotCompile as problem:
        return Refused(problem.reason)
    found = kernel(form, after)
    if found is None:
        return _NOT_YET
    ends = [lines(region.box, form.down) for region in step.regions]
    first, last = min(end[0] for end in ends), max(end[1] for end in ends)
    params = array("q", places.values() or [0])
    return Bound(tuple(places.sheets), tuple(sorted(places.reads)), found, params, first, last)
