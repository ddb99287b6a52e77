"""The variants told in NumPy, vectorised over runs. Never sees Excel.

The names are loaded late: ``xlsgd`` imports this package first of all (so that ``xlsgd.reference`` stays the
function of the public interface), and that must not cost the import of NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .trace import Trace
    from .training import single_steps, train

__all__ = ["Trace", "single_steps", "train"]

_HOMES = {"Trace": "trace", "single_steps": "training", "train": "training"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
