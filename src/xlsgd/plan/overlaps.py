"""Which boxes meet an area, told in few words however many they are.

Boxes are the leaves of a tree; an area that meets a thousand neighbouring boxes meets one inner node above them. So a
graph from areas to boxes has few edges: those to inner nodes, and from each inner node to its two children.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import count

from ..address import Box
from ..values import Area

FEW = 4
"""So many neighbours are named one by one."""
NARROW = 8
"""So many lanes are looked up one by one."""
PATIENCE = 3_000_000
"""Nodes looked at before areas are taken to meet whole groups of boxes of which they meet some."""
GROUP = 4096


class Tree:
    """Boxes in a given order under inner nodes. ``edges`` grows as inner nodes are mentioned.

    names: what the leaves are called; inner nodes get theirs from ``fresh``.
    """

    def __init__(self, boxes: Sequence[Box], names: Sequence[int], fresh: count[int]) -> None:
        self.boxes, self.names, self.fresh = boxes, names, fresh
        self.edges: dict[int, list[int]] = {}
        self._inner: dict[tuple[int, int], int] = {}
        self._bounds: dict[tuple[int, int], tuple[Box, Box]] = {}
        self._looked = 0

    def meet(self, box: Box) -> Iterator[int]:
        """The nodes below which all boxes and only boxes stand that meet a box (more, where patience ends)."""
        top, left, bottom, right = box
        if len(self.boxes) > 1 and not self._bounds:
            self._measure()
        stack = [(0, len(self.boxes))] if self.boxes else []
        while stack:
            first, end = stack.pop()
            self._looked += 1
            low, high = self._bound(first, end)
            if low[0] > bottom or low[1] > right or high[2] < top or high[3] < left:
                continue
            inside = high[0] <= bottom and high[1] <= right and low[2] >= top and low[3] >= left
            if inside or (self._looked > PATIENCE and end - first <= GROUP):
                yield self.node(first, end)
            else:
                middle = (first + end) // 2
                stack += [(first, middle), (middle, end)]

    def between(self, first: int, end: int) -> Iterator[int]:
        """The nodes above exactly the leaves from position ``first`` to before ``end``."""
        if end - first <= FEW:
            yield from self.names[first:end]
            return
        stack = [(0, len(self.boxes))]
        while stack:
            low, high = stack.pop()
            if first <= low and high <= end:
                yield self.node(low, high)
            elif low < end and first < high:
                middle = (low + high) // 2
                stack += [(low, middle), (middle, high)]

    def node(self, first: int, end: int) -> int:
        """The node above some leaves. Made at its first use, with all below it."""
        if end - first == 1:
            return self.names[first]
        known = self._inner.get((first, end))
        if known is not None:
            return known
        made = self._inner[first, end] = next(self.fresh)
        waiting = [(made, first, end)]
        while waiting:
            node, low, high = waiting.pop()
            middle = (low + high) // 2
            children = self.edges[node] = []
            for part in ((low, middle), (middle, high)):
                child = self.names[part[0]] if part[1] - part[0] == 1 else self._inner.get(part)
                if child is None:
                    child = self._inner[part] = next(self.fresh)
                    waiting.append((child, *part))
                children.append(child)
        return made

    def _bound(self, first: int, end: int) -> tuple[Box, Box]:
        """The smallest and the largest of each coordinate of some leaves."""
        if end - first == 1:
            return self.boxes[first], self.boxes[first]
        return self._bounds[first, end]

    def _measure(self) -> None:
        order = [(0, len(self.boxes))]
        for first, end in order:  # it grows while it is read
            middle = (first + end) // 2
            order += [part for part in ((first, middle), (middle, end)) if part[1] - part[0] > 1]
        for first, end in reversed(order):
            middle = (first + end) // 2
            low, high = self._bound(first, middle)
            lower, higher = self._bound(middle, end)
            self._bounds[first, end] = Box(*map(min, low, lower)), Box(*map(max, high, higher))


class Lanes:
    """Boxes one cell wide that do not overlap, in lanes: upright ones in columns, lying ones in rows."""

    def __init__(self, boxes: Sequence[Box], names: Sequence[int], fresh: count[int], upright: bool) -> None:
        self.upright = upright
        self.places = sorted(
            (*((box.left, box.top, box.bottom) if upright else (box.top, box.left, box.right)), name, box)
            for box, name in zip(boxes, names, strict=True)
        )
        self.tree = Tree([place[4] for place in self.places], [place[3] for place in self.places], fresh)
        self.starts = [place[1] for place in self.places]
        self.ends = [place[2] for place in self.places]
        self.first: dict[int, int] = {}
        for at, place in enumerate(self.places):
            self.first.setdefault(place[0], at)
        self.lanes = sorted(self.first)

    def meet(self, box: Box) -> Iterator[int]:
        """The nodes below which all boxes and only boxes stand that meet a box."""
        if self._width(box) > NARROW:
            yield from self.tree.meet(box)
            return
        for first, end in self.slices(box):
            yield from self.tree.between(first, end)

    def slices(self, box: Box) -> Iterator[tuple[int, int]]:
        """Lane by lane the positions in ``places`` of what meets a box."""
        low, high = (box.left, box.right) if self.upright else (box.top, box.bottom)
        start, end = (box.top, box.bottom) if self.upright else (box.left, box.right)
        for at in range(bisect_left(self.lanes, low), bisect_right(self.lanes, high)):
            first = self.first[self.lanes[at]]
            behind = self.first[self.lanes[at + 1]] if at + 1 < len(self.lanes) else len(self.places)
            from_here = bisect_left(self.ends, start, first, behind)
            to_here = bisect_right(self.starts, end, from_here, behind)
            if from_here < to_here:
                yield from_here, to_here

    def _width(self, box: Box) -> int:
        low, high = (box.left, box.right) if self.upright else (box.top, box.bottom)
        return bisect_right(self.lanes, high) - bisect_left(self.lanes, low)


class Index:
    """Which of many boxes, each on a sheet, meet an area. The boxes of one cell's width must not overlap."""

    def __init__(self, areas: Sequence[tuple[int, Box]], fresh: count[int]) -> None:
        """areas: sheet and box of the nodes 0, 1, …"""
        self.kinds: dict[int, tuple[list[int], list[int]]] = {}
        for name, (sheet, box) in enumerate(areas):
            upright, lying = self.kinds.setdefault(sheet, ([], []))
            (upright if box.left == box.right else lying).append(name)
        self.lanes: dict[int, list[Lanes | Tree]] = {
            sheet: [
                Lanes([areas[name][1] for name in names], names, fresh, upright)
                for names, upright in ((uprights, True), (lying, False))
                if names
            ]
            for sheet, (uprights, lying) in self.kinds.items()
        }
        self._known: dict[Area, tuple[int, ...]] = {}
        self._wide: dict[int, list[int]] = {}
        self.fresh = fresh

    def add(self, filled: Sequence[tuple[int, Box, int]]) -> None:
        """Further boxes of any shape: sheet, box and the node that they belong to."""
        by_sheet: dict[int, list[tuple[int, int, int, Box]]] = {}
        for sheet, box, name in filled:
            by_sheet.setdefault(sheet, []).append((box.left, box.top, name, box))
        for sheet, found in by_sheet.items():
            found.sort()
            tree = Tree([one[3] for one in found], [one[2] for one in found], self.fresh)
            self.lanes.setdefault(sheet, []).append(tree)

    def meet(self, area: Area) -> tuple[int, ...]:
        """The nodes below which exactly those stand that meet an area."""
        known = self._known.get(area)
        if known is None:
            box = Box(*area[1:])
            known = tuple(node for lanes in self.lanes.get(area.sheet, ()) for node in lanes.meet(box))
            if len(known) > FEW:
                edges = next(self.fresh)
                self._wide[edges] = list(known)
                known = (edges,)
            self._known[area] = known
        return known

    def edges(self) -> dict[int, list[int]]:
        """From inner nodes to what stands below them."""
        found = dict(self._wide)
        for several in self.lanes.values():
            for lanes in several:
                found.update((lanes.tree if isinstance(lanes, Lanes) else lanes).edges)
        return found
