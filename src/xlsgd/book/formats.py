"""Styles and rules as XlsxWriter's format properties: the colour of each role stands here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .look import Rule, Style

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

# "font_scheme" off: with the scheme on, Excel would show the theme's font instead of this one.
BASE: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "font_scheme": False}
_EDGE = {"border": 1, "border_color": "#BFBFBF"}

ROLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"font_size": 14, "font_color": "#1F3864"},
    "note": {"font_color": "#595959"},
    "band": {"bg_color": "#1F3864", "font_color": "#FFFFFF"},
    "header": {"bg_color": "#D9E1F2", "align": "center", **_EDGE},
    "input": {"bg_color": "#FFF2CC", "font_color": "#1F4FBF", **_EDGE},
    "state": {"bg_color": "#EAF4E4"},
    "result": {"bg_color": "#DEEBF7"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "error": {"bg_color": "#FBE5D6", "font_color": "#9C0006"},
    "dead": {"bg_color": "#D9D9D9", "font_color": "#595959"},
}


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Style, bool], Format] = {}

    def of(self, style: Style, quoted: bool = False) -> Format:
        """The format of a style. ``quoted``: the cell's text stays text when a person edits it. Raises KeyError."""
        key = (style, quoted)
        if key not in self._made:
            self._made[key] = self._workbook.add_format({**_properties(style), "quote_prefix": quoted})
        return self._made[key]

    def of_rule(self, rule: Rule) -> Format:
        """The format that a rule lays over a cell. Raises KeyError."""
        extra = {"num_format": rule.number_format} if rule.number_format else {}
        return self._workbook.add_format({**ROLES[rule.role], **extra})


def _properties(style: Style) -> dict[str, Any]:
    own = {"num_format": style.number_format, "bold": style.bold, "text_wrap": style.wrap}
    align = {"align": style.align} if style.align else {}
    line = {"top": 1, "top_color": "#1F3864"} if style.line_above else {}
    return {**ROLES[style.role], **own, **align, **line}
