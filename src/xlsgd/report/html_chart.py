"""The curve of a training as inline SVG: the workbook's errors, those of NumPy, and where the two part."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..check.curves import Curve
from .html_parts import Html, tag

WIDTH, HEIGHT = 760, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 14, 26, 34
MAX_POINTS = 700
_WIDE = 1000.0  # largest to smallest: from there on the axis is logarithmic


class _Scale:
    """From lines and errors to places in the picture."""

    def __init__(self, lines: Sequence[int], numbers: Sequence[float]) -> None:
        self.first, self.last = lines[0], max(lines[-1], lines[0] + 1)
        positive = [number for number in numbers if number > 0]
        self.log = bool(positive) and max(positive) > _WIDE * min(positive)
        self.floor = min(positive) if positive else 1.0
        several = [self._turned(number) for number in numbers] or [0.0]
        self.low, self.high = min(several), max(several)
        if self.low == self.high:
            self.low, self.high = self.low - 0.5, self.high + 0.5

    def _turned(self, number: float) -> float:
        return math.log10(max(number, self.floor)) if self.log else number

    def x(self, line: float) -> float:
        return _LEFT + (line - self.first) / (self.last - self.first) * (WIDTH - _LEFT - _RIGHT)

    def y(self, number: float) -> float:
        share = (self._turned(number) - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Places and texts of five lines across."""
        for step in range(5):
            turned = self.low + (self.high - self.low) * step / 4
            number = 10**turned if self.log and turned < 308 else turned
            yield HEIGHT - _BOTTOM - step / 4 * (HEIGHT - _TOP - _BOTTOM), f"{number:.3g}"


def chart(curve: Curve, *, compared: bool) -> Html | None:
    """The picture of a curve; None where it has no numbers. compared: show the reference, if there is one."""
    reference = curve.reference if compared else None
    finite = [one for one in (*curve.own, *(reference or ())) if one is not None and math.isfinite(one)]
    if not finite:
        return None
    scale = _Scale(curve.lines, finite)
    shapes = [*_axes(scale, curve)]
    if reference is not None:
        words = "NumPy, from the same start" + (": the same" if curve.parts is None else "")
        shapes += _lines(scale, curve.lines, reference, "ref")
        shapes.append(tag("text", words, x=WIDTH - _RIGHT, y=16, text_anchor="end", class_="ref"))
    shapes += _lines(scale, curve.lines, curve.own, "own")
    shapes.append(tag("text", f"the workbook: {curve.what}", x=_LEFT, y=16, class_="own"))
    if reference is not None and curve.parts is not None:
        shapes += _marked(scale, curve.parts, f"they part at {curve.name(curve.parts)}")
    elif curve.stops is not None:
        shapes += _marked(scale, curve.stops, f"no number at {curve.name(curve.stops)}")
    title = f"{curve.what}, {'logarithmic' if scale.log else 'linear'} axis"
    return tag("svg", tag("title", title), shapes, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")


def _marked(scale: _Scale, line: int, words: str) -> Iterator[Html]:
    place, left = scale.x(line), scale.x(line) > WIDTH / 2
    x, y = f"{place:.1f}", HEIGHT - _BOTTOM
    yield tag("line", x1=x, x2=x, y1=_TOP, y2=y, class_="part", stroke_dasharray="2 3")
    at, anchor = (place - 6, "end") if left else (place + 6, "start")
    yield tag("text", words, x=f"{at:.1f}", y=y - 6, text_anchor=anchor, class_="part")


def _axes(scale: _Scale, curve: Curve) -> Iterator[Html]:
    for place, text in scale.ticks():
        yield tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=f"{place:.1f}", y2=f"{place:.1f}", class_="axis")
        yield tag("text", text, x=_LEFT - 6, y=f"{place + 4:.1f}", text_anchor="end")
    middle = curve.lines[len(curve.lines) // 2]
    for line in dict.fromkeys((curve.lines[0], middle, curve.lines[-1])):
        yield tag("text", curve.name(line), x=f"{scale.x(line):.1f}", y=HEIGHT - _BOTTOM + 16, text_anchor="middle")
    yield tag("text", "column" if curve.across else "row", x=_LEFT - 14, y=HEIGHT - _BOTTOM + 16, text_anchor="end")


def _lines(scale: _Scale, lines: Sequence[int], numbers: Sequence[float | None], name: str) -> Iterator[Html]:
    """One line for each run of numbers; where a number lacks there is a gap."""
    step = max(1, len(lines) // MAX_POINTS)
    run: list[str] = []
    for at in [*range(0, len(lines), step), None]:
        number = numbers[at] if at is not None else None
        if number is not None and math.isfinite(number) and at is not None:
            run.append(f"{scale.x(lines[at]):.1f},{scale.y(number):.1f}")
        elif run:
            points = [*run, run[0]] if len(run) == 1 else run
            yield tag("polyline", points=" ".join(points), class_=name)
            run = []
