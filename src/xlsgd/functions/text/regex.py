"""Regular expressions: REGEXTEST, REGEXEXTRACT, REGEXREPLACE.

Excel's are PCRE2; they are rewritten for Python's ``re``, and what cannot be is reported as unsupported. Sources:
Microsoft, the page of each function; PCRE2, pcre2syntax.
"""

import math
import re
from functools import lru_cache

from ...values import NA, VALUE, Array, CellError
from ..context import NoAnswer
from ..kinds import Number, Result, Text
from ..numbers.units import MAX_TEXT, joined
from ..registry import function
from .bounded import Match, Pattern

_DIFFERS = "PCRE2's recursion, \\K, \\G, \\p{...} and look-behind of varying length are unsupported"
_ESCAPES = {
    "h": r"[ \t\u00a0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]",
    "H": r"[^ \t\u00a0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]",
    "R": r"(?:\r\n|[\n\x0b\x0c\r\x85\u2028\u2029])",
    "N": r"[^\n]",
    "e": r"\x1b",
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
}
_POSIX = {
    **{"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s"},
    **{"blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "word": r"\w", "cntrl": r"\x00-\x1f\x7f"},
    **{"print": " -~", "graph": "!-~"},
}
_TOKEN = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|\Z)|\\x\{(?P<hex>[0-9a-fA-F]+)\}|\\(?P<escape>.)"
    r"|\[:(?P<posix>[a-z]+):\]|\(\?<(?P<name>[A-Za-z_]\w*)>|(?P<open>\[\^?\]?)|(?P<close>\])|(?P<other>.)",
    re.DOTALL,
)
_PYTHON_ONLY = ("bad escape", "unknown extension", "look-behind", "global flags", "cannot refer", "possibly")
_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|([0-9]+|[A-Za-z_]\w*))")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, any_case: bool) -> Pattern | None:
    """A pattern for Python; None where it is none for Excel either."""
    try:
        return Pattern(_translated(pattern), any_case)
    except (re.error, OverflowError) as problem:
        if any(text in str(problem) for text in _PYTHON_ONLY):
            raise NoAnswer(f"the regular expression {pattern}") from None
        return None
    except ValueError:  # a number of thousands of digits
        return None
    except RecursionError:
        raise NoAnswer("a regular expression of such depth") from None


def _translated(pattern: str) -> str:
    parts: list[str] = []
    within = False  # a character class
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup or "other", token[0]
        if kind == "quoted":
            text = re.escape(token["quoted"])
        elif kind == "hex":
            point = int(token["hex"], 16)
            text = re.escape(chr(point)) if point <= 0x10FFFF else text
        elif kind == "escape":
            text = _ESCAPES.get(token["escape"], text) if not within else text
        elif kind == "posix":
            text = _POSIX.get(token["posix"], text) if within else text
        elif kind == "name":
            text = f"(?P<{token['name']}>" if not within else text
        elif kind == "open" and within:
            text = text.replace("[", r"\[")
            within = not text.endswith("]")
        elif kind in ("open", "close"):
            within = kind == "open"
        parts.append(text)
    return "".join(parts)


def _pattern(pattern: str, case: float) -> Pattern | CellError:
    if math.trunc(case) not in (0, 1):
        return VALUE
    compiled = compile_pattern(pattern, math.trunc(case) == 1)
    return VALUE if compiled is None else compiled


@function("REGEXTEST", differs=_DIFFERS)
def regextest(text: Text, pattern: Text, case: Number = 0.0) -> Result:
    compiled = _pattern(pattern, case)
    return compiled if isinstance(compiled, CellError) else compiled.search(text) is not None


@function("REGEXEXTRACT", differs=_DIFFERS)
def regexextract(text: Text, pattern: Text, mode: Number = 0.0, case: Number = 0.0) -> Result:
    """Mode 0: the first match; 1: all matches in a row; 2: the groups of the first match in a row."""
    compiled = _pattern(pattern, case)
    if isinstance(compiled, CellError):
        return compiled
    if math.trunc(mode) not in (0, 1, 2):
        return VALUE
    found = compiled.search(text)
    if found is None:
        return NA
    if math.trunc(mode) == 1:
        return Array([[match[0] for match in compiled.finditer(text)]])
    if math.trunc(mode) == 2 and compiled.groups:
        return Array([[group or "" for group in found.groups()]])
    return found[0]


@function("REGEXREPLACE", differs=_DIFFERS)
def regexreplace(text: Text, pattern: Text, new: Text, occurrence: Number = 0.0, case: Number = 0.0) -> Result:
    """Occurrence 0: all; 1, 2, …: that one; -1, -2, …: that one counted from the end."""
    compiled = _pattern(pattern, case)
    if isinstance(compiled, CellError):
        return compiled
    matches = list(compiled.finditer(text))
    wanted = math.trunc(occurrence)
    index = wanted - 1 if wanted > 0 else wanted + len(matches)
    if wanted:
        matches = [matches[index]] if 0 <= index < len(matches) else []
    parts, place, size = [], 0, 0
    for match in matches:
        replacement = _filled(new, match)
        if isinstance(replacement, CellError) or size > MAX_TEXT:
            return VALUE
        size += len(replacement)
        parts += [text[place : match.start()], replacement]
        place = match.end()
    return joined([*parts, text[place:]])


def _filled(new: str, match: Match) -> str | CellError:
    """A replacement with its ``$1``, ``${name}`` and ``$$`` filled in; #VALUE! where a group does not exist."""
    parts, place = [], 0
    for reference in _REFERENCE.finditer(new):
        name = reference[2] or reference[3]
        try:
            group = "$" if reference[1] else match[int(name) if name.isdigit() else name] or ""
        except (IndexError, KeyError, ValueError):
            return VALUE
        parts += [new[place : reference.start()], group]
        place = reference.end()
    return joined([*parts, new[place:]])
