"""Engines by name. They are loaded when they are asked for."""

from __future__ import annotations

import importlib

from ..errors import EngineError, unknown_name
from .base import Counts, Engine, Options, Result, Values

ENGINES = {
    "native": "xlsgd.engine.native:Native",
    "scalar": "xlsgd.engine.scalar:Scalar",
    "formulas": "xlsgd.engine.formulas:Formulas",
    "libreoffice": "xlsgd.engine.libreoffice:LibreOffice",
}
"""Name → "module:attribute"."""

_INSTALL = {"formulas": 'pip install "xlsgd[engines]"'}


def get_engine(name: str) -> Engine:
    """The engine of a name. Raises UsageError (unknown) or EngineError (not installed, with the line that installs)."""
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    module, _, attribute = ENGINES[name].partition(":")
    try:
        found: type[Engine] = getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        cure = _INSTALL.get(name, "pip install xlsgd")
        raise EngineError(f"the engine '{name}' needs '{error.name}': {cure}") from error
    return found()


__all__ = ["ENGINES", "Counts", "Engine", "Options", "Result", "Values", "get_engine"]
