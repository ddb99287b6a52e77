"""Texts from strangers where a person or a program reads lines: no character of them is a command."""

from __future__ import annotations

_CONTROLS = {
    **dict.fromkeys(range(32), " "),
    **dict.fromkeys(range(127, 160)),
    **dict.fromkeys((0x2028, 0x2029), " "),
    **dict.fromkeys((0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),  # turn the direction
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # bytes of a file's name that are no text
}


def plain(text: str) -> str:
    """A text of a workbook or a file's name in one line that no terminal or log takes for a command.

    >>> plain("a\\x1b[31m\\n::error::b")
    'a [31m ::error::b'
    """
    return text.translate(_CONTROLS)
