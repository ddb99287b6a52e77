"""Judging a workbook: what breaks its column, its rule or its data, which of it is the cause, and what it spoiled."""

from .court import judge
from .ground.desk import with_values

__all__ = ["judge", "with_values"]
