"""Time against rows, both axes logarithmic: calculation alone, and from the file to values as arrays."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from .acceptance import TOTAL
from .contenders.registry import LIMIT, OURS
from .measure import Measured
from .suite import COLD, Results

_LOOKS = {
    OURS: ("#d62728", "o", "-"),
    COLD: ("#d62728", "o", ":"),
    "IronCalc": ("#1f77b4", "s", "-"),
    "formualizer": ("#2ca02c", "^", "-"),
    "LibreOffice": ("#9467bd", "D", "-"),
    "formulas": ("#8c564b", "v", "-"),
    LIMIT: ("#7f7f7f", "x", "--"),
}


def draw(results: Results, path: Path) -> None:
    """Save the picture."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.8), sharey=True)
    for name in _LOOKS:
        _line(left, results, name, ("calculate",))
        _line(right, results, name, TOTAL)
    left.set_title("calculate (plan + compile + run)")
    right.set_title("load + calculate + values")
    left.set_ylabel("seconds")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("rows (23 formula cells each)")
        axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    right.legend(*left.get_legend_handles_labels(), frameon=False, fontsize=9, loc="lower right")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, metadata={"Software": ""})
    plt.close(figure)


def _line(axes: Axes, results: Results, name: str, stages: tuple[str, ...]) -> None:
    found = [
        (rows, _seconds(name, sizes[name], stages)) for rows, sizes in sorted(results.sizes.items()) if name in sizes
    ]
    known = [(rows, seconds) for rows, seconds in found if seconds is not None]
    if known:
        colour, marker, dashes = _LOOKS[name]
        label = {OURS: "xlsgd, warm kernels", COLD: "xlsgd, cold kernels"}.get(name, name)
        axes.plot(*zip(*known, strict=True), color=colour, marker=marker, linestyle=dashes, markersize=5, label=label)


def _seconds(name: str, measured: Measured, stages: tuple[str, ...]) -> float | None:
    """The C loop has no file to load: it is drawn with the calculation only."""
    if name == LIMIT:
        return measured.seconds("run") if stages == ("calculate",) else None
    return measured.total(*stages)
