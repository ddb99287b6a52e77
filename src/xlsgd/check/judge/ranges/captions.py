"""Labels against the column that a number is made of: a lowest that is the largest, an rmse of another column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ....address import column_name
from ....formula.nodes import Call, Chain, Literal, Node, Ref
from ...findings import WARNING, Finding, Place
from ...understand.base import Block, Column
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill
from ..ground.trees import bare, box_at, nodes, paths, put
from ..names.meanings import labels_of, words_of
from .counts import SUMS
from .labels import measure_called
from .measures import Measure, measure, takes_range

_LOWEST = re.compile(
    r"\b(min|minimum|minimal\w*|lowest|smallest|least|kleinst\w*|niedrigst\w*|geringst\w*|minimo|minima)\b"
)
_LARGEST = re.compile(r"\b(max|maximum|maximal\w*|highest|largest|biggest|grosst\w*|hochst\w*|massimo|maximo)\b")
_BEST = re.compile(r"\b(best|beste[rsn]?|meilleur\w*)\b")
_ERRORS = re.compile(r"\b(error|loss|rmse|mse|sse|mae|cost|fehler|verlust|kosten|erreur|perte|cout)\b")
_KNOWN = frozenset({"input", "target", "weight", "prediction", "derivative", "gradient", "state", "update"})
_HALF = re.compile(r"\b(half|halbe[rsn]?|1 2|demi|mezzo)\b")
_SSE = re.compile(r"\b(sse|ssr|fehlerquadratsumme|quadratsumme|sum of squares|sum of squared errors)\b")
_SQUARED = ("mean square", "root mean")
MAX_LENGTH = 40


def captions(case: Case) -> Iterator[Finding]:
    """Formulas outside of the tables that take one column, and are labelled."""
    for sheet, cells in enumerate(case.desk.programs):
        for cell in cells:
            place = (sheet, *cell)
            labels = [text for text in labels_of(case, place) if len(text) <= MAX_LENGTH]
            if labels and case.fill_at(place) is None and not _within_table(case, place):
                found = _extreme(case, place, labels[0]) or _of_errors(case, place, labels[0])
                found = found or _another(case, place, labels) or _shown(case, place, labels[0])
                if found is not None:
                    yield found


def _within_table(case: Case, place: Place) -> bool:
    """Whether a cell is one of a training's own: the start of a state, for one."""
    for block in case.blocks:
        line, track = (place[2], place[1]) if block.across else place[1:]
        if place[0] == block.sheet and track in block.columns and block.first - 1 <= line <= block.last + 1:
            return True
    return False


def _tree(case: Case, place: Place) -> Node | None:
    program = case.desk.program(place)
    return program.tree if program is not None else None


def _extreme(case: Case, place: Place, label: str) -> Finding | None:
    """MAX where the label says lowest, and the reverse."""
    tree = _tree(case, place)
    call = bare(tree) if tree is not None else None
    if not isinstance(call, Call) or call.name not in ("MIN", "MAX"):
        return None
    said = " ".join(words_of(label))
    low, high = bool(_LOWEST.search(said)), bool(_LARGEST.search(said))
    if not low and not high and _BEST.search(said) and _ERRORS.search(said):
        low = True
    if low == high or (call.name == "MIN") == low:
        return None
    better = replace(call, name="MIN" if low else "MAX")
    words = f"{place_name(place)} is labelled '{label}' but takes the {'largest' if low else 'smallest'}"
    expected, value = formula_text(better, place), case.desk.evaluate(better, place)
    return case.finding("formula", place, words, expected=expected, wanted=value)


def _of_errors(case: Case, place: Place, label: str) -> Finding | None:
    """An mse or rmse of a column that holds no errors, or errors that are squared once more."""
    squares = measure_called(label) in _SQUARED or _SSE.search(" ".join(words_of(label)))
    if not squares or not takes_range(case, place):
        return None
    found = measure(case, place)
    block = _block(case, place, found)
    if found.kind is None or block is None:
        return None
    half = _HALF.search(" ".join(words_of(label))) and found.kind in ("mean", "sum") and found.share == 1.0
    if half and found.term == "values" and _whole(case, block, found.columns[0][1]):
        words = f"{place_name(place)} is labelled '{label}' but is the whole of it, not a half"
        return case.finding("label", place, words, severity=WARNING)
    columns = [block.columns[col] for _, col in found.columns]
    wanted = _wanted(case, block, found, columns)
    if wanted is None:
        return None
    shown = " and ".join(f"'{one.name}'" for one in columns)
    words = f"{place_name(place)} is labelled '{label}' but measures {shown}"
    return _finding(case, place, words, block, columns[0], wanted if len(columns) == 1 else None)


def _block(case: Case, place: Place, found: Measure) -> Block | None:
    """The table whose columns a formula measures."""
    for block in case.blocks:
        inside = found.rows and block.first <= found.rows[0] and found.rows[-1] <= block.last
        if not block.across and inside and all(at == block.sheet and col in block.columns for at, col in found.columns):
            return block
    return None


def _wanted(case: Case, block: Block, found: Measure, columns: list[Column]) -> Column | None:
    """The column that should be measured; None where the measured ones are right or may be."""
    roles = {one.role for one in columns}
    residual, error = next(iter(block.having("residual")), None), next(iter(block.having("error")), None)
    squares = found.term == "squares"
    if len(columns) == 2 and found.term == "squared differences":
        return residual or error or columns[0] if roles <= _KNOWN and roles != {"prediction", "target"} else None
    if len(columns) != 1 or found.term not in ("values", "squares"):
        return None
    if roles <= _KNOWN:
        return residual if squares else error
    if residual is None or error is None or not _squared(case, block, residual, error):
        return None
    if roles == {"error"} and squares:
        return residual
    return error if roles == {"residual"} and not squares else None


def _squared(case: Case, block: Block, residual: Column, error: Column, shares: tuple[float, ...] = (1.0, 0.5)) -> bool:
    """Whether one column is the square of the other, or its half."""
    for row in range(block.first, block.last + 1):
        one, two = (case.desk.number((block.sheet, row, column.col)) for column in (residual, error))
        if one is not None and two is not None and abs(one) > 1e-6:
            return any(abs(two - share * one * one) <= 1e-6 * abs(two) for share in shares)
    return False


def _whole(case: Case, block: Block, col: int) -> bool:
    """Whether a column holds whole squares of the residuals."""
    residual = next(iter(block.having("residual")), None)
    return residual is not None and _squared(case, block, residual, block.columns[col], (1.0,))


def _another(case: Case, place: Place, labels: list[str]) -> Finding | None:
    """A number made of one column, where the label says another one's heading."""
    areas = case.areas(place)
    for block in case.blocks:
        if block.across or not areas or any(one.sheet != block.sheet or one.width > 1 for one in areas):
            continue
        inside = all(block.first <= one.top and one.bottom <= block.last for one in areas)
        own = block.columns.get(areas[0].left) if inside and len({one.left for one in areas}) == 1 else None
        if own is None or own.heading is None or own.role in ("helper", "output"):
            continue
        other = _named(block, own, labels)
        if other is not None:
            words = f"{place_name(place)} is labelled '{labels[0]}' but takes the column '{own.name}'"
            return _finding(case, place, words, block, own, other)
    return None


def _shown(case: Case, place: Place, label: str) -> Finding | None:
    """A cell that shows one of a column whose heading is another measure: an mse called rmse."""
    tree = _tree(case, place)
    node = bare(tree) if tree is not None else None
    alone = isinstance(node, Ref) or (isinstance(node, Call) and node.name in ("MIN", "MAX"))
    areas = case.areas(place) if alone else []
    fill = case.fill_at((areas[0].sheet, areas[0].top, areas[0].left)) if len(areas) == 1 else None
    if fill is None or fill.across or areas[0].width > 1:
        return None
    above = [_text(case, fill, row) for row in range(fill.first - 1, max(0, fill.first - 4), -1)]
    heading = next(filter(None, above), "")
    said, is_ = measure_called(label), measure_called(heading)
    if said == "root mean" and is_ is None and _squares(fill.program.tree):
        heading, is_ = heading or column_name(fill.line), "mean square"
    if said is None or is_ is None or said == is_ or {said, is_} == {"mean", "mean square"}:
        return None
    words = f"{place_name(place)} is labelled '{label}' but shows the column '{heading}'"
    return case.finding("label", place, words, severity=WARNING)


def _squares(tree: Node | None) -> bool:
    """Whether a formula sums squares and takes no root."""
    found = list(nodes(tree)) if tree is not None else []
    called = {node.name for node in found if isinstance(node, Call)}
    powers = [node for node in found if isinstance(node, Chain) and "^" in node.operators]
    twos = [bare(node.operands[1]) == Literal(2.0) for node in powers]
    return all(twos) and not called & {"SQRT", "POWER"} and bool(called & SUMS) and bool(twos or called & _OF_SQUARES)


_OF_SQUARES = {"SUMSQ", "SUMXMY2"}


def _text(case: Case, fill: Fill, row: int) -> str:
    text = case.desk.at((fill.sheet, row, fill.line))
    return text.strip() if isinstance(text, str) else ""


_KIN = ({"error", "residual"}, {"derivative", "gradient", "state"}, {"prediction", "hidden"})


def _named(block: Block, own: Column, labels: list[str]) -> Column | None:
    """The one other column whose heading is in a label, where no word of the own one is."""
    said = [word for label in labels for word in words_of(label)]
    mine = words_of(own.name)
    if any(word.startswith(one) or one.startswith(word) for word in said for one in mine):
        return None
    first = words_of(labels[0])
    others = [one for one in block.columns.values() if one is not own and one.heading and _within(one.name, first)]
    if len(others) != 1 or own.of == others[0].name or any({own.role, others[0].role} <= kin for kin in _KIN):
        return None
    return others[0]


def _within(heading: str, label: tuple[str, ...]) -> bool:
    words = words_of(heading)
    long = sum(map(len, words)) > 1 or len(label) <= 3
    return bool(words) and long and any(label[at : at + len(words)] == words for at in range(len(label)))


def _finding(case: Case, place: Place, words: str, block: Block, own: Column, wanted: Column | None) -> Finding:
    tree = _tree(case, place)
    assert tree is not None
    if wanted is None or wanted is own:
        return case.finding("reference", place, words)
    better, shift = tree, wanted.col - own.col
    for path, node in list(paths(tree)):
        box = box_at(node, *place[1:]) if isinstance(node, Ref) else None
        if isinstance(node, Ref) and box is not None and box.left == box.right == own.col:
            last = node.last and replace(node.last, col=node.last.col + shift)
            better = put(better, path, replace(node, first=replace(node.first, col=node.first.col + shift), last=last))
    expected, value = formula_text(better, place), case.desk.evaluate(better, place)
    words += f", not '{wanted.name}'"
    return case.finding("reference", place, words, expected=expected, wanted=value)
