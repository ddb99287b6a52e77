"""The check: what an engine made of a file against what NumPy says. It sees the values of both sides, no formulas."""

from .cached import Stale, count_differing, differing_cached
from .compare import Column, Comparison, Difference, compare
from .outcome import Outcome, typed_cells

__all__ = [
    "Column",
    "Comparison",
    "Difference",
    "Outcome",
    "Stale",
    "compare",
    "count_differing",
    "differing_cached",
    "typed_cells",
]
