"""The gallery: the workbooks that ``xlsgd demo`` makes. What stands in each is data; no NumPy, no Excel."""

from .exhibit import Exhibit, Show
from .experiments import EXPERIMENTS
from .graddesc import GRADDESC
from .more import MORE

__all__ = ["Exhibit", "Show", "gallery"]


def gallery() -> tuple[Exhibit, ...]:
    """All workbooks in order: the nine experiments, graddesc rebuilt, optimizers, extras, the Excel 365 edition."""
    return (*EXPERIMENTS, GRADDESC, *MORE)
