"""From a book to a plan: which formulas are one, and the order in which they can be calculated."""

from .loops import Loop
from .plan import Plan, make_plan
from .regions import Program, Region
from .steps import Step

__all__ = ["Loop", "Plan", "Program", "Region", "Step", "make_plan"]
