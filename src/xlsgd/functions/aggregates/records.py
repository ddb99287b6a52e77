"""Which rows of a table with headers meet criteria written into cells, as DSUM and its like take them.

The rows of criteria are alternatives, the cells of one row must all hold. A text without an operator means "begins
with"; ``=`` before it means the whole text; ``*`` ``?`` ``~`` are wildcards in both. Values are compared only with
values of their own type. Source: Microsoft, "DSUM function"; measured on workbooks that Excel saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ...values import VALUE, Array, CellError, Operand, Reference, Scalar
from ..coerce import to_text
from ..compare import compare, text_key
from ..context import Context, NoAnswer
from ..gather import grid
from ..wildcards import has_wildcards, matcher
from .criteria import Test, in_order, typed_operand

_TEST = 10  # steps of a criterion, made or tested
_OPERATOR = re.compile(r"(<=|>=|<>|=|<|>)?(.*)\Z", re.DOTALL)


def matching_rows(database: Array, criteria: Operand, context: Context) -> list[list[Scalar]] | CellError:
    """The rows (without the header) for which one row of the criteria holds."""
    table = grid(criteria, context)
    if isinstance(table, CellError):
        return table
    if table.height < 2 or database.height < 2:
        return VALUE
    tests = table.height * table.width
    context.run.meter.charge(_TEST * (table.height * database.height + tests * (1 + database.width)))
    alternatives = [list(_tests(table, row, database, criteria, context)) for row in range(1, table.height)]
    return [row for row in database.rows[1:] if any(all(test(row) for test in tests) for tests in alternatives)]


def _tests(
    table: Array, row: int, database: Array, criteria: Operand, context: Context
) -> Iterator[Callable[[list[Scalar]], bool]]:
    for col, criterion in enumerate(table.rows[row]):
        if criterion is None:
            continue
        place = column_named(database, table.rows[0][col])
        if place is None:
            yield _computed(criterion, row, col, criteria, context)
        else:
            yield _in_column(place, _test(criterion))


def _in_column(place: int, test: Test) -> Callable[[list[Scalar]], bool]:
    return lambda row: test(row[place])


def _computed(
    criterion: Scalar, row: int, col: int, criteria: Operand, context: Context
) -> Callable[[list[Scalar]], bool]:
    """A criterion under a name that no column has: a formula about the first row, which Excel moves along."""
    if isinstance(criterion, bool) and isinstance(criteria, Reference):
        sheet, top, left, _, _ = criteria.areas[0]
        if context.run.formula_text(sheet, top + row, left + col) is not None:
            raise NoAnswer("a database criterion that is calculated")
    holds = criterion is True
    return lambda _: holds


def column_named(database: Array, name: Scalar) -> int | None:
    """The first column (from 0) whose header reads like a value; None where none does."""
    wanted = to_text(name)
    if isinstance(wanted, CellError) or name is None:
        return None
    for place, header in enumerate(database.rows[0]):
        text = to_text(header)
        if header is not None and not isinstance(text, CellError) and text_key(text) == text_key(wanted):
            return place
    return None


def _test(criterion: Scalar) -> Test:
    """The test that one cell of the criteria means."""
    if not isinstance(criterion, str):
        return lambda value: _is_same(value, criterion)
    match = _OPERATOR.match(criterion)
    operator, operand = (match[1], match[2]) if match else (None, criterion)
    wanted = typed_operand(operand)
    if operator in (None, "=", "<>"):
        test = _equal(operand, wanted, operator is None)
        return test if operator != "<>" else lambda value: not test(value)
    return in_order(operator, wanted)


def _equal(text: str, wanted: Scalar, begins: bool) -> Test:
    if not isinstance(wanted, str):
        return lambda value: _is_same(value, wanted)
    if not text:
        return lambda value: value is None
    if begins or has_wildcards(text):
        fits = matcher(text + "*" if begins else text)
        return lambda value: isinstance(value, str) and fits(value)
    return lambda value: _is_same(value, text)


def _is_same(value: Scalar, wanted: Scalar) -> bool:
    if isinstance(wanted, CellError):
        return value is wanted
    return type(value) is type(wanted) and compare(value, wanted) == 0
