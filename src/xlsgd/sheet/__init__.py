"""A variant told in Excel formulas.

One rule for every formula: where its last operation is ``+`` or ``-`` it stands in parentheses, as ``=(D9-I9*$A$5)``.
Without them Excel turns a result that is tiny beside its operands into 0 (docs/calculation.md, rule 6); with them each
column follows the recipe in the variants' docstrings to the last bit.
"""

from .activations import shape
from .books import bind, make_book
from .columns import Column, Group, Setting
from .comparison import compare_sheet
from .contents import contents
from .extras import rate
from .gradients import slopes
from .models import recipe
from .one_formula import OneFormula, one_formula
from .optimizers import update
from .telling import tell
from .told import Told

__all__ = [
    "Column",
    "Group",
    "OneFormula",
    "Setting",
    "Told",
    "bind",
    "compare_sheet",
    "contents",
    "make_book",
    "one_formula",
    "rate",
    "recipe",
    "shape",
    "slopes",
    "tell",
    "update",
]
