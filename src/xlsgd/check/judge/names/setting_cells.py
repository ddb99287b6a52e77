"""Settings that formulas take from the wrong cell, by what stands beside it; typed ones that change in one column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Literal, Node, Ref
from ...findings import ERROR, WARNING, Finding, Place
from ...understand.base import Block, Setting
from ..blocks.legs import Pair, legs, pairs
from ..ground.case import Case, formula_text, place_name, said
from ..ground.fills import Fill
from ..ground.trees import box_at, nodes, paths, put, same_shape
from .meanings import labelled, labels_of, meanings, words_of

_KINDS = {
    "learning rate": "learning rate",
    "beta": "momentum",
    "beta1": "beta1",
    "beta2": "beta2",
    "epsilon": "epsilon",
    "h": "h",
    "decay": "weight decay",
}
_TAKERS = {
    "learning rate": ("weight", "update", "state"),
    "h": ("derivative", "perturbed"),
    "decay": ("weight", "update"),
}
_STATES = ("state",)


def setting_cells(case: Case) -> Iterator[Finding]:
    """One finding a column."""
    for block in case.blocks:
        yield from _of_others(case, block)
        yield from _beside(case, block)
        yield from _exchanged(case, block)
        yield from _of_other_sheet(case, block)
    for pair in pairs(legs(case)):
        yield from _typed(case, pair)


def _fills(case: Case, block: Block) -> Iterator[Fill]:
    for table in case.tables:
        for fill in table.fills if (table.sheet, table.across) == (block.sheet, block.across) else ():
            if fill.line in block.columns and block.first <= fill.last and fill.first <= block.last:
                yield fill


def _fixed(case: Case, fill: Fill) -> Iterator[tuple[Ref, Place]]:
    """The single fixed cells that a fill reads."""
    for node in nodes(fill.program.tree) if fill.program.tree is not None else ():
        if isinstance(node, Ref) and node.last is None and node.first.row_fixed and node.first.col_fixed:
            box, span = box_at(node, 1, 1), case.desk.cells.links.span(node.where, fill.sheet)
            if box is not None and span is not None and len(span) == 1 and span[0] < len(case.desk.book.sheets):
                yield node, (span[0], box.top, box.left)


def _of_others(case: Case, block: Block) -> Iterator[Finding]:
    """A setting that is labelled with another weight's name, where there is one with the own name ("lr A", "lr k")."""
    names = {one.name: words_of(one.name) for one in block.weights if one.heading is not None}
    for fill in _fills(case, block) if len(names) > 1 else ():
        column = block.columns[fill.line]
        own = column.name if column.role == "weight" else column.of
        if own is None or own not in names:
            continue
        for ref, target in _fixed(case, fill):
            right = _for_own(case, target, own, names)
            if right is not None:
                label = labels_of(case, target)[0]
                yield _finding(case, fill, ref, right, f"{place_name(target)} is labelled '{label}', this is for {own}")


def _for_own(case: Case, target: Place, own: str, names: dict[str, tuple[str, ...]]) -> Place | None:
    """The setting whose label is the same but for the weight's name."""
    labels = labels_of(case, target)
    words = words_of(labels[0]) if labels else ()
    theirs = [words_ for name, words_ in names.items() if name != own and _has(words, words_)]
    if len(theirs) != 1 or _has(words, names[own]) or len(words) == len(theirs[0]):
        return None
    at = next(at for at in range(len(words)) if words[at : at + len(theirs[0])] == theirs[0])
    wanted = (*words[:at], *names[own], *words[at + len(theirs[0]) :])
    found = [
        place
        for place in labelled(case, " ".join(wanted), target[0])
        if any(words_of(one) == wanted for one in labels_of(case, place))
    ]
    return found[0] if len(found) == 1 else None


def _has(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return bool(part) and any(words[at : at + len(part)] == part for at in range(len(words)))


def _beside(case: Case, block: Block) -> Iterator[Finding]:
    """A setting that is labelled as another kind, where nobody reads what should be read, or it is swapped with it."""
    for name, held in block.settings.items():
        if held.place is None or name not in _KINDS or held.value is None:
            continue
        labels = labels_of(case, held.place)
        said_ = set().union(*(meanings(label) for label in labels)) if labels else set()
        if not said_ or said_ & _fitting(name):
            continue
        right = _unread(case, name, held.place) or _swapped(case, block, name, held)
        for fill in _fills(case, block) if right is not None else ():
            takes = block.columns[fill.line].role in _TAKERS.get(name, _STATES)
            for ref, target in _fixed(case, fill) if takes else ():
                if target == held.place and right is not None:
                    words = f"{place_name(target)} is labelled '{labels[0]}', not as the {name}"
                    yield _finding(case, fill, ref, right, words)


def _fitting(name: str) -> set[str]:
    """The kinds of label that fit a setting: that of a single moment may be numbered."""
    return {_KINDS[name], "beta1", "beta2"} if name == "beta" else {_KINDS[name]}


def _of_other_sheet(case: Case, block: Block) -> Iterator[Finding]:
    """A setting of another training's sheet, where the own sheet has one with that label that nobody reads."""
    for name, held in block.settings.items():
        if held.place is None or held.place[0] == block.sheet or not labels_of(case, held.place):
            continue
        label = labels_of(case, held.place)[0]
        trains = any(one.sheet == held.place[0] and one.settings.get(name) == held for one in case.blocks)
        own = [one for one in labelled(case, label, block.sheet) if _same_label(case, one, label)]
        if not trains or len(own) != 1 or case.reads(own[0]):
            continue
        for fill in _fills(case, block):
            for ref, target in _fixed(case, fill):
                if target == held.place:
                    words = f"that is '{label}' of another training"
                    yield _finding(case, fill, ref, own[0], words)


def _same_label(case: Case, place: Place, label: str) -> bool:
    return words_of(label) in [words_of(one) for one in labels_of(case, place)]


def _exchanged(case: Case, block: Block) -> Iterator[Finding]:
    """Two settings under the right labels whose numbers are each other's: 0.999 and 0.9 in Adam, a rate of 0.9."""
    values = {name: one.value for name, one in block.settings.items() if one.value is not None and one.place}
    one, two = values.get("beta1"), values.get("beta2")
    if one is not None and two is not None and one >= 0.99 and 0.5 < two <= 0.95:
        yield _value(case, block, "beta1", "beta2", ERROR)
    rate, kept = values.get("learning rate"), values.get("beta")
    if rate is not None and kept is not None and 0.5 <= rate < 1 and 0 < kept <= 0.1:
        yield _value(case, block, "learning rate", "beta", ERROR if _grows(case, block) else WARNING)


def _value(case: Case, block: Block, name: str, other: str, severity: str) -> Finding:
    one, two = block.settings[name], block.settings[other]
    assert one.place is not None
    assert two.place is not None
    words = f"{place_name(one.place)} ({name}) is {said(one.value)} and {place_name(two.place)} ({other}) "
    words += f"{said(two.value)}: the two look exchanged"
    return case.finding("value", one.place, words, severity=severity, wanted=two.value)


def _grows(case: Case, block: Block) -> bool:
    """Whether the errors at the end are larger than those at the start."""
    for column in (*block.having("error"), *block.having("residual")):
        lines = [range(block.first, block.first + 3), range(block.last - 2, block.last + 1)]
        cells = [
            [(block.sheet, column.col, at) if block.across else (block.sheet, at, column.col) for at in part]
            for part in lines
        ]
        start, end = ([abs(case.desk.number(cell) or 0.0) for cell in part] for part in cells)
        return not max(end) <= max(start)
    return False


def _unread(case: Case, name: str, place: Place) -> Place | None:
    found = [
        one
        for one in labelled(case, _KINDS[name], place[0])
        if one != place and _KINDS[name] in set().union(*map(meanings, labels_of(case, one))) and not case.reads(one)
    ]
    return found[0] if len(found) == 1 else None


def _swapped(case: Case, block: Block, name: str, held: Setting) -> Place | None:
    """The cell of the setting that this one is exchanged with, where the numbers say that the formulas are wrong.

    Where the numbers are as they are used, it is the labels that are exchanged.
    """
    for other, setting in block.settings.items():
        if other == name or setting.place is None or setting.value is None or held.value is None:
            continue
        said_ = set().union(*map(meanings, labels_of(case, setting.place)))
        mine = set().union(*map(meanings, labels_of(case, held.place or setting.place)))
        if _KINDS[name] not in said_ or _KINDS.get(other) not in mine:
            continue
        values = {name: held.value, other: setting.value}
        if values.keys() == {"beta1", "beta2"} and values["beta1"] > values["beta2"]:
            return setting.place
        momentum = next((values[key] for key in ("beta", "beta1", "beta2") if key in values), None)
        if "learning rate" in values and momentum is not None and values["learning rate"] >= 0.5 > momentum:
            return setting.place
    return None


def _finding(case: Case, fill: Fill, ref: Ref, right: Place, words: str) -> Finding:
    tree, place = fill.program.tree, fill.place(fill.first)
    assert tree is not None
    for path, node in list(paths(tree)):
        if node == ref:
            tree = put(tree, path, _to(ref, right, right[0] == place[0]))
    expected, value = formula_text(tree, place), case.desk.evaluate(tree, place)
    words = f"{fill.range_name()} reads {formula_text(ref, place)[1:]}, but {words}; {place_name(right)} belongs there"
    return case.finding("reference", place, words, expected=expected, wanted=value, run=fill.range_name())


def _to(ref: Ref, right: Place, here: bool) -> Ref:
    return replace(ref, where=None if here else ref.where, first=replace(ref.first, row=right[1], col=right[2]))


def _typed(case: Case, pair: Pair) -> Iterator[Finding]:
    """A typed number that one column of a later table has otherwise than the earlier one, where others kept it."""
    here, there = pair.leg.trees, pair.before.trees
    kept = {value for track in pair.tracks for value in _numbers(here[track])}
    for track, tree in here.items():
        other = there.get(track - pair.shift)
        spots = same_shape(tree, other) if other is not None and other != tree else None
        if not spots or len(spots) > 1 or other is None:
            continue
        one, two = spots[0][1], spots[0][2]
        if not (isinstance(one, Literal) and isinstance(two, Literal) and type(two.value) is float):
            continue
        fill = case.fill_at(pair.leg.place(pair.leg.last, track))
        if two.value in kept and two.value not in (0.0, 1.0, 2.0) and fill is not None and fill.program.tree == tree:
            place = fill.place(fill.first)
            words = f"{fill.range_name()} has {said(one.value)} where the table before, and other columns of this one, "
            words += f"have {said(two.value)}"
            expected, value = formula_text(other, place), case.desk.evaluate(other, place)
            yield case.finding("formula", place, words, expected=expected, wanted=value, run=fill.range_name())


def _numbers(tree: Node) -> set[float]:
    return {node.value for node in nodes(tree) if isinstance(node, Literal) and type(node.value) is float}
