"""A step made ready to run: a kernel and the places that it is to work on."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...plan import Step
from ...values import Area
from ..links import Links
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


def bind(step: Step, links: Links, used: Callable[[int], tuple[int, int]]) -> Bound | Refused:
    """A step's kernel, bound to its places; or why there is none.

    ``used(sheet)`` gives the last used row and column of a sheet: whole columns and rows end there.
    """
    try:
        form, places = lower_step(step, links, used)
    except CannotCompile as problem:
        return Refused(problem.reason)
    ends = [lines(region.box, form.down) for region in step.regions]
    first, last = min(end[0] for end in ends), max(end[1] for end in ends)
    params = array("q", [value for _, value in places.params] or [0])
    return Bound(tuple(places.sheets), tuple(sorted(places.reads)), kernel(form), params, first, last)
