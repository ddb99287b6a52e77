"""Two sequences laid side by side: which rows (or columns) of one are which of the other.

Patience diff: what is equal at both ends, then what occurs once in both, then between those again; of what occurs
several times the first is the first. The cost grows as n·log n, so that 100,000 rows take a moment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

Pair = tuple[int, int]
Likeness = Callable[[int, int], float]

MAX_COMPARED = 40_000
"""Pairs of a gap that are compared one by one; in a larger gap the k-th is the k-th."""


def align(
    ours: Sequence[Sequence[Hashable]], theirs: Sequence[Sequence[Hashable]], like: Likeness | None = None
) -> list[Pair]:
    """Positions that belong together, rising in both.

    ours, theirs: fingerprints, the strictest level first; a looser level only decides in the gaps that the stricter
    one left. like: how alike two positions are (above 0: alike), for what no level decides.

    >>> align(["abcd"], ["axbcd"])
    [(0, 0), (1, 2), (2, 3), (3, 4)]
    """
    pairs: list[Pair] = []
    size_a, size_b = len(ours[0]), len(theirs[0])
    for a, b in zip(ours, theirs, strict=True):
        for gap in list(_gaps(pairs, size_a, size_b)):
            pairs += _equal(a, b, *gap)
        pairs.sort()
    for gap in list(_gaps(pairs, size_a, size_b)):
        pairs += _alike(*gap, like)
    return sorted(pairs)


def moved(ours: Sequence[Hashable], theirs: Sequence[Hashable], pairs: Iterable[Pair]) -> list[Pair]:
    """Of what is in no pair, what occurs once on either side and stands elsewhere on the other."""
    known_a, known_b = map(set, zip(*pairs, strict=True)) if (pairs := list(pairs)) else (set(), set())
    left_a = _once({at: one for at, one in enumerate(ours) if at not in known_a})
    left_b = _once({at: one for at, one in enumerate(theirs) if at not in known_b})
    return sorted((at, left_b[one]) for one, at in left_a.items() if one in left_b)


def _once(left: dict[int, Hashable]) -> dict[Hashable, int]:
    counts = Counter(left.values())
    return {one: at for at, one in left.items() if counts[one] == 1}


def _gaps(pairs: Sequence[Pair], size_a: int, size_b: int) -> Iterator[tuple[int, int, int, int]]:
    """Where both sides have something between two pairs: first and last + 1 of either."""
    before = (-1, -1)
    for pair in [*pairs, (size_a, size_b)]:
        if pair[0] - before[0] > 1 and pair[1] - before[1] > 1:
            yield before[0] + 1, pair[0], before[1] + 1, pair[1]
        before = pair


def _equal(a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int) -> Iterator[Pair]:
    """Pairs of equal fingerprints in a gap."""
    waiting = [(a0, a1, b0, b1)]
    while waiting:
        a0, a1, b0, b1 = waiting.pop()
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            yield a0, b0
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            yield a1, b1
        if a0 == a1 or b0 == b1:
            continue
        anchors = _anchors(a, b, range(a0, a1), range(b0, b1))
        yield from anchors
        before = (a0 - 1, b0 - 1)
        for pair in [*anchors, (a1, b1)] if anchors else ():
            waiting.append((before[0] + 1, pair[0], before[1] + 1, pair[1]))
            before = pair


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], in_a: range, in_b: range) -> list[Pair]:
    """What occurs once in both, in order; where there is nothing of the kind, the k-th of equals with the k-th."""
    one, two = _once({at: a[at] for at in in_a}), _once({at: b[at] for at in in_b})
    common = [(at, two[print_]) for print_, at in one.items() if print_ in two]
    if not common:
        places = _numbered(b, in_b)
        common = [(at, places[key]) for key, at in _numbered(a, in_a).items() if key in places]
    return _rising(sorted(common))


def _numbered(prints: Sequence[Hashable], places: range) -> dict[Hashable, int]:
    seen: defaultdict[Hashable, int] = defaultdict(int)
    found: dict[Hashable, int] = {}
    for at in places:
        found[prints[at], seen[prints[at]]] = at
        seen[prints[at]] += 1
    return found


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest part of pairs (sorted by the first) whose seconds rise."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(ends, place)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [place]
        last[at : at + 1] = [number]
    found: list[Pair] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _alike(a0: int, a1: int, b0: int, b1: int, like: Likeness | None) -> list[Pair]:
    """Pairs in a gap where nothing is equal."""
    height, width = a1 - a0, b1 - b0
    if height == width or like is None or height * width > MAX_COMPARED:
        return [(a0 + step, b0 + step) for step in range(min(height, width))]
    likeness = [[like(row, col) for col in range(b0, b1)] for row in range(a0, a1)]
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for row in reversed(range(height)):
        for col in reversed(range(width)):
            both = best[row + 1][col + 1] + likeness[row][col] if likeness[row][col] > 0 else -1.0
            best[row][col] = max(both, best[row + 1][col], best[row][col + 1])
    found: list[Pair] = []
    row = col = 0
    while row < height and col < width:
        if likeness[row][col] > 0 and best[row][col] == best[row + 1][col + 1] + likeness[row][col]:
            found.append((a0 + row, b0 + col))
            row, col = row + 1, col + 1
        elif best[row][col] == best[row + 1][col]:
            row += 1
        else:
            col += 1
    return found
