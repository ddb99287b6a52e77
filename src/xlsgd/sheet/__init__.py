"""A variant told in Excel formulas.

One rule for every formula: where its last operation is ``+`` or ``-`` it stands in parentheses, as ``=(D9-I9*$A$5)``.
Without them Excel turns a result that is tiny beside its operands into 0 (excel.md, rule 6); with them each column
follows the recipe in the variants' docstrings to the last bit.
"""

from .books import make_book
from .columns import Column, Group, Setting
from .gradients import slopes
from .models import recipe
from .optimizers import update
from .telling import Told, tell

__all__ = ["Column", "Group", "Setting", "Told", "make_book", "recipe", "slopes", "tell", "update"]
