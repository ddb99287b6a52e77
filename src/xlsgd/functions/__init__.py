"""Excel's functions: a folder for each field, and above them what all share.

Kinds of parameters, registry and calls; coercion, comparison, operators; numbers from text and as text.
"""

from .context import Context, Run
from .registry import Signature, functions, lookup

__all__ = ["Context", "Run", "Signature", "functions", "lookup"]
