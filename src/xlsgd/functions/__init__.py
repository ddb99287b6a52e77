"""Excel's functions: a file per family, kinds of parameters, the registry, and calls."""

from .context import Context, Run
from .registry import Signature, functions, lookup

__all__ = ["Context", "Run", "Signature", "functions", "lookup"]
