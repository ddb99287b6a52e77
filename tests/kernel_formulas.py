"""For the tests of the kernels: Hypothesis strategies of formulas and of the cells that they read."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from xlsgd.address import column_name
from xlsgd.book import Book, Formula, Name, Sheet
from xlsgd.values import DIV0, NA, NUM, REF, VALUE, Scalar

LINES, WIDTH = 8, 4  # constants stand on lines 1 to 8, four on each
FIRST = 6  # the first column of formulas

_NUMBERS = [
    *[0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 0.5, -0.5, 10.0, 100.0, 0.1, 0.2, 0.3, 0.1 + 0.2, 1e15, 123456789.123456789],
    *[1e308, -1e308, 1.7976931348623157e308, 1e300, 1e-300, 2.2250738585072014e-308, 1.5e-308, 5e-324, -1e-310],
    *[0.9999999999999999, 1.0000000000000002, 1.000000000000004, 2.5, -2.5, 1.005, 0.285, 710.0, -745.0, 1e-9, 1e160],
    *[99999999999999.5, 123456.785, 4503599627370497.5, 134217728.0, 19.999999999999996, 1e-160, 3.141592653589793],
]
_OTHERS: list[Scalar] = [True, False, None, None, DIV0, NA, VALUE, NUM, REF]
_TEXTS: list[Scalar] = ["a", "3", "", "TRUE"]

numbers = st.one_of(
    st.sampled_from(_NUMBERS),
    st.floats(-100, 100, allow_nan=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-20, 20).map(float),
)
cells: st.SearchStrategy[Scalar] = st.one_of(
    *[numbers] * 7, st.sampled_from(_OTHERS), st.sampled_from([*[1.0] * 12, *_TEXTS])
)

_LITERALS = ["0", "1", "2", "3", "0.1", "0.5", "2.5", "10", "1E308", "1E-200", "0.3", "-1", "TRUE", "FALSE", "#N/A"]
_EXPONENTS = ["2", "3", "0.5", "-1", "-2", "0", "7", "1.5", "64", "1"]
_ONE = ["ABS", "SIGN", "SQRT", "EXP", "LN", "LOG10", "INT", "TANH", "SIN", "COS", "TAN", "NOT", "DEGREES", "ATAN"]
_TWO = ["POWER", "MOD", "ROUND", "ATAN2", "LOG"]
_MANY = ["SUM", "SUMSQ", "AVERAGE", "PRODUCT", "MAX", "MIN", "COUNT", "COUNTA", "AND", "OR", "XOR"]
_KINDS = ["ISNUMBER", "ISERROR", "ISERR", "ISNA", "ISBLANK", "ISLOGICAL", "ISTEXT", "ISNONTEXT"]
_PRODUCTS = [
    *["SUMPRODUCT({0},{1})", "SUMPRODUCT({0})", "SUMXMY2({0},{1})", "SUMX2MY2({0},{1})", "SUMX2PY2({0},{1})"],
    *["SUMPRODUCT(({0}-{1})^2)", "SUMPRODUCT(--({0}>{1}),{1})", "SUMPRODUCT({0}*{1}/2)", "SUMPRODUCT(ABS({0}))"],
    *["SUMPRODUCT(({0}=$A$1)*1)", "MMULT($A$1:$D$1,$B$1:$B$4)", "SUMPRODUCT(-{0},{1}%)", "MMULT({0},$B$1)"],
]


@dataclass(frozen=True)
class Place:
    """Where a formula is written: on which line, in which of the formula columns (from 1 on).

    across: lines are columns. back: a line's predecessor is the next one.
    """

    line: int
    column: int
    across: bool
    back: bool

    def name(self, line: int, column: int, fixed: tuple[str, str] = ("", "")) -> str:
        """A cell by its line and its place on the line; ``fixed``: the ``$`` of either."""
        if self.across:
            return f"{fixed[0]}{column_name(line)}{fixed[1]}{column}"
        return f"{fixed[1]}{column_name(column)}{fixed[0]}{line}"


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


@st.composite
def references(draw: st.DrawFn, place: Place) -> str:
    """A cell: a constant, or a formula's on the line before (or to the left on the same line)."""
    kind = draw(st.integers(0, 9))
    if kind < 7:
        fixed = draw(st.sampled_from(["", "", "$"])), draw(st.sampled_from(["", "", "$"]))
        line = draw(st.integers(1, LINES)) if kind < 3 else place.line
        return draw(st.sampled_from(["", "", "", "T!"])) + place.name(line, draw(st.integers(1, WIDTH)), fixed)
    column = draw(st.integers(1, place.column))
    before = place.line + (1 if place.back else -1)
    same_line = kind == 9 and column < place.column
    return place.name(place.line if same_line else before, FIRST - 1 + column)


@st.composite
def ranges(draw: st.DrawFn, place: Place) -> str:
    """A range: fixed, moving along, growing, or whole columns."""
    left = draw(st.integers(1, WIDTH))
    right = draw(st.integers(left, WIDTH)) if draw(st.booleans()) else left
    kind, line = draw(st.integers(0, 5)), place.line
    if kind == 3:
        return f"{column_name(left)}:{column_name(right)}"
    top = draw(st.integers(1, 4))
    first, last, fixed = {
        0: (1, line, ("$", "")),
        1: (1, line, ("$", "")),
        2: (top, draw(st.integers(top, LINES)), ("$", "$")),
        4: (line, line, ("", "")),
        5: (line, line + draw(st.integers(0, 2)), ("", "")),
    }[kind]
    return f"{place.name(first, left, fixed)}:{place.name(last, right, fixed if kind == 2 else ('', ''))}"


@st.composite
def products(draw: st.DrawFn, place: Place) -> str:
    """A reduction over ranges of one shape."""
    kind, wide = draw(st.integers(0, 3)), draw(st.integers(0, 1))
    line, named = place.line, []
    first, last, one, two = {
        0: (1, line, "$", ""),
        1: (2, 6, "$", "$"),
        2: (line, line + 2, "", ""),
        3: (line, line, "", ""),
    }[kind]
    for _ in range(2):
        left = draw(st.integers(1, WIDTH - wide))
        named.append(f"{place.name(first, left, (one, ''))}:{place.name(last, left + wide, (two, ''))}")
    return draw(st.sampled_from(_PRODUCTS)).format(*named)


@st.composite
def expressions(draw: st.DrawFn, place: Place, depth: int) -> str:
    """A formula's expression."""
    if depth == 0 or draw(st.integers(0, 9)) == 0:
        if draw(st.integers(0, 3)) == 0:
            return _signed(draw(st.sampled_from(_LITERALS)))
        if draw(st.integers(0, 12)) == 0:
            return draw(st.sampled_from(["rate", "place", "sum_of"]))
        return draw(references(place))
    inner = expressions(place, depth - 1)
    kind = draw(st.integers(0, 13))
    if kind < 5:
        operators = draw(st.lists(st.sampled_from("++--**//"), min_size=1, max_size=3))
        chain = draw(inner) + "".join(operator + draw(inner) for operator in operators)
        return f"({chain})" if draw(st.booleans()) else chain
    if kind == 5:
        return f"({draw(inner)})^{draw(st.sampled_from(_EXPONENTS))}"
    if kind == 6:
        return f"({draw(inner)}{draw(st.sampled_from(['=', '<>', '<', '<=', '>', '>=']))}{draw(inner)})"
    if kind == 7:
        rest = draw(st.sampled_from(["", ",", "x"]))
        return f"IF({draw(inner)},{draw(inner)}{',' + draw(inner) if rest == 'x' else rest})"
    if kind == 8:
        return f"{draw(st.sampled_from(['IFERROR', 'IFNA']))}({draw(inner)},{draw(inner)})"
    if kind == 9:
        return f"{draw(st.sampled_from(_ONE + _KINDS))}({draw(inner)})"
    if kind == 10:
        return draw(st.sampled_from(["-({})", "+({})", "({})%", "--({})"])).format(draw(inner))
    if kind == 11:
        name = draw(st.sampled_from(_TWO))
        second = draw(st.sampled_from(["0", "2", "3", "-1"])) if name == "ROUND" else draw(inner)
        return f"{name}({draw(inner)},{second})"
    if kind == 12:
        arguments = draw(st.lists(st.one_of(ranges(place), ranges(place), inner), min_size=1, max_size=3))
        return f"{draw(st.sampled_from(_MANY))}({','.join(arguments)})"
    return draw(products(place))


@st.composite
def sheets(draw: st.DrawFn, name: str, across: bool) -> Sheet:
    """A sheet with constants."""
    sheet = Sheet(name)
    for line in range(1, LINES + 1):
        for column in range(1, WIDTH + 1):
            value = draw(cells)
            if value is not None:
                sheet.constants[(column, line) if across else (line, column)] = value
    return sheet


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Constants and up to three formulas filled down or across, which read each other's last line or next line."""
    across, back = draw(st.sampled_from([False, False, True])), draw(st.sampled_from([False, False, True]))
    sheet, other = draw(sheets("S", across)), draw(sheets("T", across))
    first, last = draw(st.integers(2, 4)), draw(st.integers(4, 7))
    for number in range(1, draw(st.integers(1, 3)) + 1):
        column, place = FIRST - 1 + number, Place(first, number, across, back)
        if draw(st.booleans()):
            start = last + 1 if back else first - 1
            sheet.constants[(column, start) if across else (start, column)] = draw(numbers)
        text = draw(expressions(place, draw(st.integers(1, 4))))
        origin = (column, first) if across else (first, column)
        formula = Formula(text, origin, dynamic=draw(st.integers(0, 9)) == 0)
        shorter = number if draw(st.integers(0, 5)) == 0 else 0
        for line in range(first, last + 1 - shorter):
            sheet.formulas[(column, line) if across else (line, column)] = formula
    names = [Name("rate", "0.25"), Name("place", "S!$B$2"), Name("sum_of", "SUM(S!$A$1:$A$3)+S!$C$1")]
    return Book([sheet, other], names)
