"""Blocks out of candidates: columns with their roles, settings, starts, and the variant's name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ...address import column_name
from ...errors import UsageError
from ...plan import Program
from ...variants import GRADIENTS, OPTIMIZERS, Variant
from .base import Block, Column, Overrides, Place, Setting
from .headings import letter
from .models import ModelFound
from .roles import Given, Roles
from .rules import Rule
from .view import Stripe, View


@dataclass(slots=True)
class Findings:
    """All that is known of one candidate."""

    view: View
    roles: Roles
    rules: dict[int, Rule]
    model: ModelFound | None
    gradient: str | None
    optimizer: str | None
    nearest: str | None
    distance: float
    form: str
    settings: dict[str, Setting]


def block_of(found: Findings) -> Block:
    """The block of a candidate."""
    roles, view = found.roles, found.view
    candidate = roles.dynamics.candidate
    names = _names(found)
    stripes = {(stripe.track, id(stripe.program)): stripe for stripe in view.stripes}
    columns = {}
    for track, given in sorted(roles.found.items()):
        columns[track] = _column(found, track, given, names, stripes)
    starts, updates = {}, {}
    for track, weight in roles.model.weights.items():
        starts[names[track]] = _start(view, candidate.first + weight.old.key[2], track)
        updates[names[track]] = weight.column
    for track, state in roles.model.states.items():
        if track in roles.found and roles.found[track].role == "state":
            starts[names[track]] = _start(view, candidate.first + state.old.key[2], track)
    full = None
    if found.model is not None and found.gradient and found.optimizer:
        full = f"{found.model.model.name}-{found.gradient}-{found.optimizer}"
    return Block(
        view.sheet,
        candidate.first,
        candidate.last,
        columns,
        found.settings,
        starts,
        _variant(found) if full else None,
        full,
        found.form,
        across=view.across,
        updates=updates,
        model=found.model.model.name if found.model else None,
        gradient=found.gradient,
        optimizer=found.optimizer,
        nearest=found.nearest,
        distance=found.distance,
        loss=roles.factor,
        weights_as=dict(zip(found.model.model.weights, (names[t] for t in found.model.weights), strict=True))
        if found.model
        else {},
        details=found,
    )


def _names(found: Findings) -> dict[int, str]:
    """A name for each track: its heading, or its letter where that is missing or taken."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for track in sorted(found.roles.found):
        name = found.roles.headings[track] or letter(found.view, track)
        if name in taken:
            name = f"{name} ({letter(found.view, track)})"
        taken.add(name)
        names[track] = name
    return names


def _column(
    found: Findings, track: int, given: Given, names: dict[int, str], stripes: dict[tuple[int, int], Stripe]
) -> Column:
    roles = found.roles
    candidate = roles.dynamics.candidate
    main = candidate.tracks.get(track)
    program = main.program if main is not None else None
    odd, first, regular = _odd(found, track, program, stripes)
    return Column(
        track,
        given.role,
        names.get(given.of) if given.of is not None else None,
        names[track],
        program,
        _kind(found, track, given),
        first,
        odd,
        roles.headings.cells.get(track),
        regular,
    )


def _kind(found: Findings, track: int, given: Given) -> str:
    if given.role != "state" or given.kind:
        return given.kind
    for rule in found.rules.values():
        for moment in rule.moments:
            if moment.track == track:
                return {1: "m", 2: "v"}.get(moment.power, "")
    return ""


def _odd(
    found: Findings, track: int, program: Program | None, stripes: dict[tuple[int, int], Stripe]
) -> tuple[tuple[int, ...], Program | None, tuple[int, ...]]:
    """Lines that are not like most of a track, its first line's own program, lines that differ at even distances."""
    roles, view = found.roles, found.view
    candidate = roles.dynamics.candidate
    first, last = candidate.first, candidate.last
    if program is None:
        rows = [line for line in range(first, last + 1) if not view.filled(line, track)]
        return tuple(rows), None, ()
    missing: list[int] = []
    at = first
    for low, high in stripes[track, id(program)].runs:
        if high >= first and low <= last:
            missing += range(at, min(low, last + 1))
            at = max(at, high + 1)
    missing += range(at, last + 1)
    start = None
    backward = any(offset < 0 for other, offset in roles.dynamics.cells(roles.dynamics.own[track]))
    if missing and missing[0] == first and backward:
        start = view.program(first, track)
        missing = missing[1:]
    regular = _regular(view, track, missing, first)
    if track not in roles.dynamics.live and all(view.program(line, track) is None for line in missing):
        prefix = [line for place, line in enumerate(missing) if line == missing[0] + place <= first + place + 1]
        regular = regular or tuple(prefix if len(prefix) > 2 else ())
    if len(missing) - len(regular) > (last - first + 1) * 0.4:
        regular = tuple(missing)
    return tuple(line for line in missing if line not in set(regular)), start, regular


def _regular(view: View, track: int, lines: list[int], first: int) -> tuple[int, ...]:
    """Lines at even distances from the first one on: where epochs begin."""
    if not lines:
        return ()
    gap = lines[0] - first
    if gap > 2 and len(lines) >= 1 and all(line == first + gap * (place + 1) for place, line in enumerate(lines)):
        texts = {view.program(line, track) for line in lines}
        if len(lines) >= 2 or None not in texts:
            return tuple(lines) if len(lines) >= 2 else ()
    return ()


def _start(view: View, line: int, track: int) -> Place:
    """Where a first value was typed: formulas that only refer to another cell are followed."""
    place: Place = (view.sheet, *view.place(line, track))
    for _ in range(8):
        sheet, row, col = place
        program = view.plan.programs[sheet].get((row, col))
        target = _target(view, program, place) if program is not None else None
        if target is None:
            break
        place = target
    return place


def _target(view: View, program: Program, place: Place) -> Place | None:
    from ...formula.nodes import Paren, Ref

    tree = program.tree
    while isinstance(tree, Paren):
        tree = tree.inner
    if not isinstance(tree, Ref) or tree.last is not None or tree.shape != "cells":
        return None
    sheet, row, col = place
    if tree.where is not None:
        index = view.book.index(tree.where.sheet) if tree.where.book is None else None
        if index is None:
            return None
        sheet = index
    corner = tree.first
    return (
        sheet,
        corner.row if corner.row_fixed else row + corner.row,
        corner.col if corner.col_fixed else col + corner.col,
    )


def _variant(found: Findings) -> Variant | None:
    """The variant with the workbook's own settings; None where they make no sense together."""
    if found.model is None:
        return None
    gradient = next(one for one in GRADIENTS if one.name == found.gradient)
    optimizer = next(one for one in OPTIMIZERS if one.name == found.optimizer)
    values = {key: setting.value for key, setting in found.settings.items() if setting.value is not None}
    known: dict[str, Any] = {
        "lr": values.get("learning rate"),
        "beta": values.get("beta"),
        "alpha": values.get("beta"),
        "beta1": values.get("beta1"),
        "beta2": values.get("beta2"),
        "epsilon": values.get("epsilon"),
        "decay": values.get("decay"),
    }
    own = {field.name for field in dataclasses.fields(optimizer)}
    try:
        optimizer = dataclasses.replace(optimizer, **{k: v for k, v in known.items() if k in own and v is not None})
        if "h" in values and any(field.name == "h" for field in dataclasses.fields(gradient)):
            gradient = dataclasses.replace(gradient, **{"h": values["h"]})
        return Variant(found.model.model, gradient, optimizer)
    except UsageError:
        return None


def overridden(block: Block, overrides: Overrides, sheet: str) -> Block:
    """A block with what the user says of it."""
    columns = dict(block.columns)
    for where in ("", sheet):
        for key, role in overrides.roles.get(where, {}).items():
            for col, column in columns.items():
                own = str(col) if block.across else column_name(col)
                if key.casefold() in (own.casefold(), column.name.casefold()):
                    columns[col] = dataclasses.replace(column, role=role)
    name = overrides.variant or block.variant_name
    parts = name.split("-", 2) if name and overrides.variant else None
    changes: dict[str, Any] = {"columns": columns, "variant_name": name}
    if parts:
        changes.update(model=parts[0], gradient=parts[1], optimizer=parts[2], variant=None)
    return dataclasses.replace(block, **changes)
