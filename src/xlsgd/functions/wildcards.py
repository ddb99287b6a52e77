"""Wildcards in text: ``?`` is any one character, ``*`` any number of them, ``~`` takes the next one as it is.

Source: Microsoft, "Using wildcard characters in searches". Matching takes time in proportion to text and pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from .compare import text_key
from .meter import charge

_SPECIAL = re.compile(r"[*?~]")


def has_wildcards(text: str) -> bool:
    """Whether a text holds a character that is special in a pattern."""
    return _SPECIAL.search(text) is not None


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test whether a whole text matches a pattern, case aside.

    >>> matcher("b*a?")("BANANAS"), matcher("what~?")("what?"), matcher("what~?")("whats")
    (True, True, False)
    """
    pieces = [re.compile(piece, re.DOTALL) for piece in _pieces(text_key(pattern))]
    lengths = [_length(piece.pattern) for piece in pieces]
    longest = max(lengths) + len(lengths)
    if len(pieces) == 1:
        return lambda text: pieces[0].fullmatch(text_key(text)) is not None

    def matches(text: str) -> bool:
        charge(len(text) * longest >> 5)
        folded = text_key(text)
        end = len(folded) - lengths[-1]
        if pieces[0].match(folded) is None or end < lengths[0] or pieces[-1].match(folded, end) is None:
            return False
        place = lengths[0]
        for piece in pieces[1:-1]:
            found = piece.search(folded, place, end)
            if found is None:
                return False
            place = found.end()
        return True

    return matches


def _pieces(pattern: str) -> list[str]:
    """The regular expressions of what stands between the stars; each matches a fixed number of characters."""
    pieces, place = [""], 0
    while place < len(pattern):
        character = pattern[place]
        if character == "~" and place + 1 < len(pattern):
            place += 1
            pieces[-1] += re.escape(pattern[place])
        elif character == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if character == "?" else re.escape(character)
        place += 1
    return pieces


def _length(piece: str) -> int:
    return len(re.sub(r"\\(.)", r"\1", piece, flags=re.DOTALL))
