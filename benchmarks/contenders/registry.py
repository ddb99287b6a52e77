"""The contenders by name, in the order of the tables."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

OURS = "xlsgd"
LIMIT = "C loop"

# name: module, class, options
CONTENDERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    OURS: ("ours", "Ours", {}),
    "IronCalc": ("ironcalc_", "IronCalc", {}),
    "formualizer": ("formualizer_", "Formualizer", {}),
    "formualizer, spans": ("formualizer_", "Formualizer", {"spans": True}),
    "LibreOffice": ("libreoffice_", "LibreOffice", {}),
    "formulas": ("formulas_", "Formulas", {}),
    LIMIT: ("c_", "C", {}),
}
PEERS = tuple(name for name in CONTENDERS if name not in (OURS, LIMIT))


def make(name: str, library: Path | None) -> Any:
    """A contender. Raises ImportError where its library is missing, Unavailable where its program is."""
    module, kind, options = CONTENDERS[name]
    more = {"library": library} if name == LIMIT else {}
    return getattr(importlib.import_module(f".{module}", __package__), kind)(**options, **more)
