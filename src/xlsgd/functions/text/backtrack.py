"""A matcher for regular expressions that counts its steps: a program of small instructions and a stack of other ways.

The program is made from the tree of Python's own parser, and single characters are left to ``re``, so that both say
the same. Source: R. Cox, "Regular Expression Matching: the Virtual Machine Approach" (2009).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from re import _compiler as compiler  # type: ignore[attr-defined]  # behind re, of Python 3.11 and newer
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ..context import NoAnswer
from ..meter import charge

_BATCH = 1000  # steps after which they are charged
_COST = 8
_LONGEST = 20_000  # instructions of a program
Instruction = tuple[Any, ...]


class Found:
    """A match; ``spans`` holds start and end of each group, -1 where it took no part."""

    def __init__(self, text: str, spans: list[int], names: Mapping[str, int]) -> None:
        self._text, self._spans, self._names = text, spans, names

    def __getitem__(self, group: int | str) -> str | None:
        number = group if isinstance(group, int) else self._names[group]
        if not 0 <= 2 * number < len(self._spans):
            raise IndexError(group)
        start, end = self._spans[2 * number : 2 * number + 2]
        return None if start < 0 or end < 0 else self._text[start:end]

    def groups(self) -> tuple[str | None, ...]:
        """The texts of all groups."""
        return tuple(self[number] for number in range(1, len(self._spans) // 2))

    def start(self) -> int:
        """Where the match begins."""
        return self._spans[0]

    def end(self) -> int:
        """Where it ends."""
        return self._spans[1]


class Program:
    """Instructions; ``registers``: starts and ends of groups, then what repeats remember."""

    def __init__(self, code: list[Instruction], groups: int, registers: int, names: Mapping[str, int]) -> None:
        self.code, self.groups, self.registers, self.names = code, groups, registers, names
        self._steps = 0

    def finditer(self, text: str) -> Iterator[Found]:
        """All matches from left to right; behind an empty one the next place is tried."""
        place, last = 0, -1
        while place <= len(text):
            spans = self._run(text, place, 0, [-1] * self.registers, last)
            if spans is None:
                place += 1
                continue
            spans[0] = place
            found = Found(text, spans[: 2 * self.groups], self.names)
            yield found
            place = found.end()
            last = place if found.start() == place else -1

    def _run(self, text: str, place: int, at: int, registers: list[int], last: int = -1) -> list[int] | None:
        """The registers of the first way to match from a place, the end in register 1; at ``last`` it is not empty."""
        code, stack, first = self.code, [(at, place, registers)], place
        while stack:
            at, place, registers = stack.pop()
            while True:
                self._steps += 1
                if self._steps >= _BATCH:
                    charge(_COST * self._steps)
                    self._steps = 0
                name, *rest = code[at]
                at += 1
                if name == "leaf":
                    match = rest[0](text, place)
                    if match is None:
                        break
                    place = match.end()
                elif name == "split":
                    stack.append((rest[1], place, registers))
                    at = rest[0]
                elif name == "jump":
                    at = rest[0]
                elif name == "set":
                    registers = [*registers]
                    registers[rest[0]] = place if rest[1] is None else rest[1]
                elif name == "close":
                    registers = [*registers]
                    registers[2 * rest[0] : 2 * rest[0] + 2] = registers[rest[1]], place
                elif name == "again":
                    following = self._again(rest, place, registers, stack, at)
                    if following is None:
                        break
                    at, registers = following
                elif name == "look":
                    inside = self._look(text, place, at, rest, registers)
                    if inside is None:
                        break
                    at, place, registers = rest[0], *inside
                elif name == "same":
                    start, end = registers[2 * rest[0] : 2 * rest[0] + 2]
                    if start < 0 or end < 0 or not _same(text[start:end], text[place : place + end - start], rest[1]):
                        break
                    place += end - start
                elif name == "given":
                    at = at if registers[2 * rest[0] + 1] >= 0 else rest[1]
                else:
                    if first == place == last and name == "match":
                        break
                    registers = [*registers]
                    registers[1] = place
                    return registers
        return None

    @staticmethod
    def _again(
        rest: list[Any], place: int, registers: list[int], stack: list[tuple[int, int, list[int]]], leave: int
    ) -> tuple[int, list[int]] | None:
        """The head of a repeat: into its body once more, or on; a body that took nothing is not repeated."""
        body, least, most, greedy, counter = rest
        count, before = registers[counter], registers[counter + 1]
        if count > least and before == place:
            return leave, registers
        inside = [*registers]
        inside[counter], inside[counter + 1] = count + 1, place
        if count < least:
            return body, inside
        if count >= most:
            return leave, registers
        if greedy:
            stack.append((leave, place, registers))
            return body, inside
        stack.append((body, place, inside))
        return leave, registers

    def _look(
        self, text: str, place: int, at: int, rest: list[Any], registers: list[int]
    ) -> tuple[int, list[int]] | None:
        """A look ahead or behind, or a group that is never entered again: the place and the registers behind it."""
        _, kind, back = rest
        inside = self._run(text, place - back, at, registers) if place >= back else None
        if kind == "not":
            return (place, registers) if inside is None else None
        if inside is None:
            return None
        end = inside[1]
        inside[1] = registers[1]
        return (end if kind == "atomic" else place), inside


def _same(one: str, two: str, any_case: bool) -> bool:
    return one == two or (any_case and len(one) == len(two) and one.lower() == two.lower())


def assemble(tree: Any, names: Mapping[str, int]) -> Program:
    """The program of a pattern's tree. Raises NoAnswer where it would be very long."""
    maker = _Maker(2 * tree.state.groups)
    maker.sequence(tree, tree.state.flags)
    maker.code.append(("match",))
    return Program(maker.code, tree.state.groups, maker.registers, names)


class _Maker:
    """Writes instructions one behind the other."""

    def __init__(self, registers: int) -> None:
        self.code: list[Instruction] = []
        self.registers = registers

    def sequence(self, tree: Any, flags: int) -> None:
        """What stands one behind the other."""
        for kind, argument in tree:
            if len(self.code) > _LONGEST:
                raise NoAnswer("a regular expression of such length")
            self._one(kind, argument, flags)

    def _one(self, kind: Any, argument: Any, flags: int) -> None:
        if kind is sre.BRANCH:
            self._branch(argument[1], flags)
        elif kind is sre.SUBPATTERN:
            self._group(argument, flags)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            self._repeat(argument, kind is sre.MAX_REPEAT, flags)
        elif kind is sre.POSSESSIVE_REPEAT:
            self._inside("atomic", 0, lambda: self._repeat(argument, True, flags))
        elif kind is sre.ATOMIC_GROUP:
            self._inside("atomic", 0, lambda: self.sequence(argument, flags))
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            back = argument[1].getwidth()[0] if argument[0] < 0 else 0
            self._inside("not" if kind is sre.ASSERT_NOT else "is", back, lambda: self.sequence(argument[1], flags))
        elif kind is sre.GROUPREF:
            self.code.append(("same", argument, bool(flags & re.IGNORECASE)))
        elif kind is sre.GROUPREF_EXISTS:
            self._either(argument, flags)
        else:
            one = parser.SubPattern(parser.State(), [(kind, argument)])
            one.state.flags = flags
            self.code.append(("leaf", compiler.compile(one, flags).match))

    def _branch(self, alternatives: list[Any], flags: int) -> None:
        ends = []
        for tree in alternatives[:-1]:
            split = self._later()
            self.sequence(tree, flags)
            ends.append(self._later())
            self.code[split] = ("split", split + 1, len(self.code))
        self.sequence(alternatives[-1], flags)
        for end in ends:
            self.code[end] = ("jump", len(self.code))

    def _group(self, argument: Any, flags: int) -> None:
        group, more, fewer, tree = argument
        flags = (flags | more) & ~fewer
        if group is None:
            self.sequence(tree, flags)
            return
        start = self.registers
        self.registers += 1
        self.code.append(("set", start, None))
        self.sequence(tree, flags)
        self.code.append(("close", group, start))

    def _repeat(self, argument: Any, greedy: bool, flags: int) -> None:
        least, most, tree = argument
        counter = self.registers
        self.registers += 2
        self.code += [("set", counter, 0), ("set", counter + 1, -1)]
        head = self._later()
        skip = self._later()
        body = len(self.code)
        self.sequence(tree, flags)
        self.code.append(("jump", head))
        self.code[head] = ("again", body, least, most, greedy, counter)
        self.code[skip] = ("jump", len(self.code))

    def _inside(self, kind: str, back: int, write: Any) -> None:
        look = self._later()
        write()
        self.code.append(("end",))
        self.code[look] = ("look", len(self.code), kind, back)

    def _either(self, argument: Any, flags: int) -> None:
        group, yes, no = argument
        given = self._later()
        self.sequence(yes, flags)
        end = self._later()
        self.code[given] = ("given", group, len(self.code))
        if no:
            self.sequence(no, flags)
        self.code[end] = ("jump", len(self.code))

    def _later(self) -> int:
        self.code.append(())
        return len(self.code) - 1
