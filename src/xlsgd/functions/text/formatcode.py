"""Number format codes to parts: the language of ``TEXT`` and of cell formats.

A code has up to four sections between semicolons (positive, negative, zero, text), each with an optional condition.
Sources: ECMA-376 part 1, 18.8.30 and 18.8.31; Microsoft, "Number format codes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ..context import NoAnswer

MAX_LENGTH = 255
_ELAPSED = re.compile(r"(?:h{1,2}|m{1,2}|s{1,2})\Z", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=) *([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\Z")
_COLOR = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|color *[0-9]{1,2})\Z", re.IGNORECASE)
_LOCALE = re.compile(r"\$([^-]*)(?:-([0-9a-fA-F]+))?\Z")
_CLOCK = re.compile(r"am/pm|a/p", re.IGNORECASE)
_GENERAL = re.compile("general", re.IGNORECASE)
_RUN = re.compile(r"(?P<letter>[ymdhseEYMDHS])(?P=letter)*|[bB][12]|[bB]+|g+")
_SYSTEM = {0xF800: "dddd, mmmm d, yyyy", 0xF400: "h:mm:ss AM/PM"}


class BadFormat(ValueError):
    """A code that Excel does not take."""


class Part(NamedTuple):
    """A piece of a section. Kinds: literal, digit (one of ``0 # ?``), figure (1 to 9), point, comma, percent,
    exponent, slash, general, text (``@``), date (letters in lower case), clock (AM/PM), elapsed, part (of a second).
    """

    kind: str
    text: str


class Condition(NamedTuple):
    """A comparison that a number must fulfil for its section."""

    operator: str
    limit: float

    def holds(self, number: float) -> bool:
        """Whether a number fulfils it."""
        tests = {
            "<": number < self.limit,
            "<=": number <= self.limit,
            ">": number > self.limit,
            ">=": number >= self.limit,
            "=": number == self.limit,
            "<>": number != self.limit,
        }
        return tests[self.operator]

    @property
    def only_negative(self) -> bool:
        """Whether it holds for no positive number."""
        return (self.operator in ("<", "<=") and self.limit <= 0) or (self.operator == "=" and self.limit < 0)


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its parts, what it is for, and the languages that it asks for (LCIDs)."""

    parts: tuple[Part, ...]
    condition: Condition | None
    locale: int | None

    def has(self, *kinds: str) -> bool:
        """Whether a part is of one of these kinds."""
        return any(part.kind in kinds for part in self.parts)

    @property
    def is_date(self) -> bool:
        return self.has("date", "clock", "elapsed")


@lru_cache(maxsize=512)
def parse_format(code: str) -> tuple[Section, ...]:
    """The sections of a code. Raises BadFormat."""
    if len(code) > MAX_LENGTH:
        raise BadFormat(code)
    sections = tuple(_section(text) for text in _split(code))
    if len(sections) > 4:
        raise BadFormat(code)
    return sections


def _split(code: str) -> Iterator[str]:
    """The texts between semicolons that are not quoted or escaped."""
    start = place = 0
    while place < len(code):
        character = code[place]
        if character == '"':
            place = code.find('"', place + 1)
            if place < 0:
                raise BadFormat(code)
        elif character == "[":
            place = max(code.find("]", place), place)
        elif character in "\\_*":
            place += 1
        elif character == ";":
            yield code[start:place]
            start = place + 1
        place += 1
    yield code[start:]


def _section(text: str) -> Section:
    parts: list[Part] = []
    condition: Condition | None = None
    locale: int | None = None
    place = 0
    while place < len(text):
        character = text[place]
        if character == "[":
            end = text.find("]", place)
            if end < 0:
                raise BadFormat(text)
            inside, place = text[place + 1 : end], end + 1
            if found := _CONDITION.match(inside):
                condition = Condition(found[1], float(found[2]))
            elif found := _LOCALE.match(inside):
                parts.extend(Part("literal", symbol) for symbol in found[1])
                locale = int(found[2], 16) if found[2] else locale
            elif _ELAPSED.match(inside):
                parts.append(Part("elapsed", inside.lower()))
            elif not _COLOR.match(inside):
                raise _unknown_bracket(inside)
        else:
            part, place = _next(text, place)
            parts.append(part)
    if locale in _SYSTEM:
        return Section(_section(_SYSTEM[locale]).parts, condition, None)
    return Section(_as_date(parts) if _is_date(parts) else tuple(parts), condition, locale)


def _unknown_bracket(inside: str) -> Exception:
    if inside.lower().startswith(("dbnum", "natnum", "jpan")):
        return NoAnswer(f'TEXT with "[{inside}]"')
    return BadFormat(inside)


def _next(text: str, place: int) -> tuple[Part, int]:
    """The part at a place and the place behind it."""
    character = text[place]
    if character == '"':
        end = text.find('"', place + 1)
        return Part("literal", text[place + 1 : end]), end + 1
    if character in "\\_*":
        if place + 1 >= len(text):
            raise BadFormat(text)
        shown = {"\\": text[place + 1], "_": " ", "*": ""}[character]
        return Part("literal", shown), place + 2
    if found := _GENERAL.match(text, place):
        return Part("general", ""), found.end()
    if found := _CLOCK.match(text, place):
        return Part("clock", found[0]), found.end()
    if character in "eE" and text[place + 1 : place + 2] in ("+", "-"):
        return Part("exponent", text[place + 1]), place + 2
    if found := _RUN.match(text, place):
        return Part("date", found[0].lower()), found.end()
    if character == "G":
        raise BadFormat(text)
    return _single(character), place + 1


def _single(character: str) -> Part:
    kinds = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}
    if character in "0#?":
        return Part("digit", character)
    if character in "123456789":
        return Part("figure", character)
    return Part(kinds.get(character, "literal"), character)


def _is_date(parts: list[Part]) -> bool:
    return any(part.kind in ("date", "clock", "elapsed") for part in parts)


def _as_date(parts: list[Part]) -> tuple[Part, ...]:
    """A section for dates: ``.000`` is part of a second, minutes told from months, all else as it stands."""
    found: list[Part] = []
    place = 0
    while place < len(parts):
        part = parts[place]
        if part.kind == "point":
            zeros = 0
            while place + 1 < len(parts) and parts[place + 1] == Part("digit", "0"):
                zeros, place = zeros + 1, place + 1
            if zeros > 3:
                raise BadFormat("." + "0" * zeros)
            found.append(Part("part", "0" * zeros) if zeros else Part("literal", "."))
        elif part.kind in ("digit", "exponent", "general"):
            raise BadFormat(part.text)
        else:
            found.append(part if part.kind in ("date", "clock", "elapsed") else Part("literal", part.text))
        place += 1
    return tuple(_minutes(found))


def _minutes(parts: list[Part]) -> Iterator[Part]:
    """``m`` and ``mm`` are minutes behind hours and before seconds; they become ``n`` and ``nn``."""
    units = [(index, part.text[0]) for index, part in enumerate(parts) if part.kind in ("date", "elapsed")]
    places = [index for index, _ in units]
    for index, part in enumerate(parts):
        if part.kind == "date" and part.text in ("m", "mm"):
            own = places.index(index)
            before = units[own - 1][1] if own else ""
            after = units[own + 1][1] if own + 1 < len(units) else ""
            if before == "h" or after == "s":
                yield Part("date", "n" * len(part.text))
                continue
        elif part.kind == "date" and part.text[0] in "hs" and len(part.text) > 2:
            raise BadFormat(part.text)
        yield part
