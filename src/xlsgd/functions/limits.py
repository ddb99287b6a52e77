"""How large an array may become before the cell is reported as unsupported instead of filling the memory.

Excel's own limit is the grid (1,048,576 x 16,384) and the memory; what is beyond the grid gets Excel's error in the
functions themselves.
"""

from __future__ import annotations

from .context import NoAnswer

MAX_ELEMENTS = 5_000_000


def check_size(height: int, width: int) -> None:
    """Raises NoAnswer where an array of this size is more than this program holds."""
    if height * width > MAX_ELEMENTS:
        raise NoAnswer(f"an array of {height} x {width} elements")
