"""Epochs by hand, as the buttons of a training workbook do it: copy the last weights to the top and recalculate."""

from .carry import Carry, parse_carry
from .loop import Epoch, Run, run_epochs

__all__ = ["Carry", "Epoch", "Run", "parse_carry", "run_epochs"]
