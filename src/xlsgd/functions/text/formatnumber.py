"""Numbers shown by a format section: digits, separators, scaling, percent, exponents.

A number has at most 15 significant digits and is rounded, halves away from zero, to the decimals of the section.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..numbertext import Digits, general_text, significant
from .formatcode import Part


def shifted(digits: Digits, places: int) -> int:
    """A number times a power of ten, rounded to a whole number, halves up; the sign is left out.

    >>> shifted(significant(3.145), 2), shifted(significant(0.05), 1)
    (315, 1)
    """
    exponent = digits.power - len(digits.text) + 1 + places
    if exponent >= 0:
        return int(digits.text) * int(10**exponent)
    if -exponent > len(digits.text):
        return 0
    return (int(digits.text) + 5 * int(10 ** (-exponent - 1))) // int(10**-exponent)


def show_number(number: float, parts: Sequence[Part]) -> tuple[str, bool]:
    """The text of a number without its sign, and whether every digit of it is zero."""
    exponent = next((index for index, part in enumerate(parts) if part.kind == "exponent"), None)
    digits = significant(number)
    percent = sum(part.kind == "percent" for part in parts)
    if exponent is not None:
        return _with_exponent(digits, parts, exponent, 2 * percent)
    layout = Layout(parts)
    value = shifted(digits, layout.decimals + 2 * percent - 3 * layout.thousands)
    return layout.fill(value, number), value == 0 and layout.has_digits


class Layout:
    """The places for digits in a section."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        point = next((index for index, part in enumerate(parts) if part.kind == "point"), len(parts))
        places = [index for index, part in enumerate(parts) if part.kind == "digit"]
        self.point = point
        self.whole = [index for index in places if index < point]
        self.behind = [index for index in places if index > point]
        self.decimals = len(self.behind)
        self.has_digits = bool(places)
        self.grouped = False
        self.thousands = 0
        self.dropped: set[int] = set()
        self._commas()

    def _commas(self) -> None:
        """Commas between digits group them by three; those behind the last digit divide by a thousand each."""
        for index, part in enumerate(self.parts):
            if part.kind != "comma":
                continue
            own = self.whole if index < self.point else self.behind
            if not own or index < own[0]:
                continue
            self.dropped.add(index)
            if index < own[-1]:
                self.grouped = self.grouped or own is self.whole
            elif all(self.parts[between].kind == "comma" for between in range(own[-1] + 1, index)):
                self.thousands += 1
            else:
                self.dropped.discard(index)

    def fill(self, value: int, number: float) -> str:
        """The section's text with the digits of a whole number, of which ``decimals`` stand behind the point."""
        text = str(value).rjust(self.decimals + 1, "0")
        before, after = text[: len(text) - self.decimals].lstrip("0"), text[len(text) - self.decimals :]
        shown = self._shown_whole(before)
        kept = len(after.rstrip("0"))
        for place, index in enumerate(self.behind):
            zero = {"0": "0", "?": " ", "#": ""}[self.parts[index].text]
            shown[index] = after[place] if place < kept else zero
        if self.point < len(self.parts):
            shown[self.point] = ("" if self.whole else before) + "."
        for index, part in enumerate(self.parts):
            if index not in shown and index not in self.dropped:
                shown[index] = general_text(abs(number)) if part.kind == "general" else part.text
        return "".join(shown.get(index, "") for index in range(len(self.parts)))

    def _shown_whole(self, digits: str) -> dict[int, str]:
        """What stands at each place of the whole part; digits without a place stand at the first one."""
        shown: dict[int, str] = {}
        count = len(self.whole)
        for position, index in enumerate(reversed(self.whole)):
            empty = {"0": "0", "?": " ", "#": ""}[self.parts[index].text]
            last = position == count - 1
            taken = digits[: len(digits) - position] if last else digits[len(digits) - position - 1 :][:1]
            figure = taken if position < len(digits) else empty
            shown[index] = self._group(figure, position) if self.grouped else figure
        return shown

    @staticmethod
    def _group(figures: str, position: int) -> str:
        """Figures, the last of which stands at a position from the right, with the commas that follow them."""
        grouped = ""
        for offset, figure in enumerate(reversed(figures)):
            place = position + offset
            separator = "," if place and place % 3 == 0 else ""
            grouped = figure + (" " if separator and figure == " " else separator) + grouped
        return grouped


def _with_exponent(digits: Digits, parts: Sequence[Part], place: int, shift: int) -> tuple[str, bool]:
    """Scientific: as many digits before the point as there are places; the exponent is a multiple of their number."""
    mantissa, tail = Layout(parts[:place]), parts[place + 1 :]
    width = len(mantissa.whole)
    zero = digits.text == "0"
    power = 0 if zero else digits.power + shift
    for attempt in (power, power + 1):
        exponent = attempt // width * width if width else attempt + 1
        exponent = 0 if zero else exponent
        value = shifted(digits, mantissa.decimals + shift - exponent)
        if value < 10 ** (mantissa.decimals + (attempt - exponent + 1)):
            break
    sign = "-" if exponent < 0 else "+" if parts[place].text == "+" else ""
    shown = Layout(tail).fill(abs(exponent), 0.0) if any(part.kind == "digit" for part in tail) else str(abs(exponent))
    return mantissa.fill(value, 0.0) + "E" + sign + shown, zero
