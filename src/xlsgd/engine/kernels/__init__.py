"""Kernels: formulas compiled to machine code, equal to the scalar engine to the last bit or refused.

``lowering`` brings a step's formulas into a canonical form, ``emit`` makes LLVM IR of it, ``compile`` machine code,
and ``bound`` runs it over columns of tagged values (:mod:`xlsgd.tagged`).
"""

from .bound import Bound, Refused, bind
from .cache import clear, folder

__all__ = ["Bound", "Refused", "bind", "clear", "folder"]
