"""FORMULATEXT: formulas as Excel shows them, without the marks that files carry."""

import re

from ...values import NA, VALUE, Array, Scalar
from ..kinds import Context, Ref, Result
from ..meter import check_size
from ..registry import function
from .blocks import simple

_TOKENS = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|_xl(?:fn|ws|pm|op|eta|udf)\.|[()]|ANCHORARRAY(?=\()|SINGLE(?=\()"""
)


@function("FORMULATEXT", differs="the @ that Excel adds when it shows formulas of the old kind is missing")
def formulatext(reference: Ref, *, context: Context) -> Result:
    """The formulas of a range, #N/A where a cell has none."""
    if len(reference.areas) > 1:
        return VALUE
    sheet, top, left, bottom, right = reference.areas[0]
    check_size(bottom - top + 1, right - left + 1)

    def text(row: int, col: int) -> Scalar:
        found = context.run.formula_text(sheet, row, col)
        return NA if found is None else shown(found)

    return simple(Array([[text(row, col) for col in range(left, right + 1)] for row in range(top, bottom + 1)]))


def shown(text: str) -> str:
    """A formula without the prefixes of files; a spilled range gets its ``#`` and an intersection its ``@``.

    >>> shown("=_xlfn.SINGLE(A1:A3)+SUM(_xlfn.ANCHORARRAY(B2))&_xlfn.CONCAT(C1)")
    '=@A1:A3+SUM(B2#)&CONCAT(C1)'
    """
    closings: list[str] = []
    pending: list[str] = []

    def replace(match: re.Match[str]) -> str:
        token = match[0]
        if match[1] is not None:
            return token
        if token == "(":
            wrapped = pending.pop() if pending else None
            closings.append(")" if wrapped is None else "#" if wrapped == "ANCHORARRAY" else "")
            return "(" if wrapped is None else "" if wrapped == "ANCHORARRAY" else "@"
        if token == ")":
            return closings.pop() if closings else ")"
        if token in ("ANCHORARRAY", "SINGLE"):
            pending.append(token)
        return ""

    return _TOKENS.sub(replace, text)
