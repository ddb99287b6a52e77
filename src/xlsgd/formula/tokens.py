"""A formula's text cut into tokens.

One regular expression, tried at each position; every character belongs to a token, so that joining the tokens gives
the text again. Sources: ECMA-376 part 1, 18.17.2 (grammar); MS-XLSX 2.2.2 (prefixes, structured references).
"""

from __future__ import annotations

import re
import string
from typing import NamedTuple

from ..errors import FormulaError

MAX_LENGTH = 32_768
"""Characters of a formula in a file. A person may type 8,192; prefixes and full names make the stored text longer."""


class Token(NamedTuple):
    """A piece of a formula: ``kind`` is one of the group names below, ``at`` its position counted from 0."""

    kind: str
    text: str
    at: int


def _letters(more: str = "") -> str:
    """The class of letters and some more characters, told by what is none: that is compiled ten times as fast."""
    own = set(string.ascii_letters + "_\\" + more)
    return "[^" + re.escape("".join(chr(code) for code in range(0xA1) if chr(code) not in own)) + "]"


_ERROR = r"\#(?i:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|CONNECT!|BLOCKED!|UNKNOWN!|FIELD!)"
_BARE = _letters("0123456789.") + "+"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_END = f"(?!{_letters('0123456789.(!?[')})"

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n\u00a0]+)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<error>{_ERROR})
    | (?P<sheet>'(?:[^']|'')+'!|(?:\[[^\[\]'!]*\])?{_BARE}(?::{_BARE})?!|\[[^\[\]'!]*\]!)
    | (?P<columns>\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}{_END})
    | (?P<rows>\$?[1-9][0-9]{{0,6}}:\$?[1-9][0-9]{{0,6}}{_END})
    | (?P<cell>{_CELL}{_END})
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    | (?P<name>{_letters()}{_letters("0123456789.?")}*)
    | (?P<operator><=|>=|<>|[-+*/^&=<>%:@\#])
    | (?P<comma>,) | (?P<semicolon>;)
    | (?P<open>\() | (?P<close>\)) | (?P<brace>\{{) | (?P<unbrace>\}})
    """,
    re.VERBOSE,
)


def tokenize(text: str) -> list[Token]:
    """All tokens of a formula (without its leading ``=``), white space included. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters, more than {MAX_LENGTH}", formula=text[:60])
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == "[" and not _external(text, at):
            end = _bracket_end(text, at)
            tokens.append(Token("bracket", text[at:end], at))
        else:
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise FormulaError(f"character '{text[at]}' is not expected here", position=at, formula=text)
            end = match.end()
            tokens.append(Token(match.lastgroup, match[0], at))
        at = end
    return tokens


_EXTERNAL = re.compile(rf"\[[^\[\]'!]*\](?:{_BARE}(?::{_BARE})?)?!")


def _external(text: str, at: int) -> bool:
    return _EXTERNAL.match(text, at) is not None


def _bracket_end(text: str, at: int) -> int:
    """The position behind the bracket that closes the one at ``at``; ``'`` escapes the character behind it."""
    depth, start = 0, at
    while at < len(text):
        if text[at] == "'":
            at += 1
        elif text[at] == "[":
            depth += 1
        elif text[at] == "]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    raise FormulaError("a bracket '[' is not closed", position=start, formula=text)
