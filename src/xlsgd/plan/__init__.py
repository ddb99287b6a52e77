"""From a book to a plan: which formulas are one, and the order in which they can be calculated."""

from .plan import Plan, Step, make_plan
from .regions import Program, Region

__all__ = ["Plan", "Program", "Region", "Step", "make_plan"]
