"""Strongly connected components: what depends on each other, in an order to calculate."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(graph: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """The components of a graph from nodes to what they depend on, each after those that it depends on.

    Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1972; with a stack instead of recursion.

    >>> components({"a": ["b"], "b": ["c"], "c": ["b"]})
    [['b', 'c'], ['a']]
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    place: dict[Node, int] = {}
    stack: list[Node] = []
    found: list[list[Node]] = []
    for root in graph:
        if root in index:
            continue
        work: list[tuple[Node, Iterator[Node]]] = []
        _enter(root, graph, index, low, place, stack, work)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    _enter(other, graph, index, low, place, stack, work)
                    break
                if other in place:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = place[node]
                    found.append(stack[at:])
                    for member in stack[at:]:
                        del place[member]
                    del stack[at:]
    return found


def _enter(
    node: Node,
    graph: Mapping[Node, Sequence[Node]],
    index: dict[Node, int],
    low: dict[Node, int],
    place: dict[Node, int],
    stack: list[Node],
    work: list[tuple[Node, Iterator[Node]]],
) -> None:
    index[node] = low[node] = len(index)
    place[node] = len(stack)
    stack.append(node)
    work.append((node, iter(graph.get(node, ()))))
