"""Inputs on the level of XML: elements and attributes moved, doubled, nested, removed, with hostile values."""

from __future__ import annotations

import re
from random import Random

from .corpus import choose, corpus
from .hostile import ALL, CELLS, FORMULAS, NUMBERS, TEXTS
from .packing import pack

_TOKEN = re.compile(r"<[^>]*>|[^<]+")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CELL = re.compile(r"[A-Z]{1,3}\d+(:[A-Z]{1,3}\d+)?")
_FOREIGN = (
    *("<!-- c -->", "<![CDATA[1]]>", "<?p i?>", "<x/>", "<f/>", '<c r="A1"/>', "<v>1</v>", "<row/>", "</c>", "<"),
    *("<sheetData/>", '<f t="shared" si="0"/>', '<f t="array" ref="A1:XFD1048576">1</f>', "<is><r><t>x</t></r></is>"),
    *('<!DOCTYPE a [<!ENTITY b "c">]>', "&b;", "<extLst/>", '<mc:AlternateContent xmlns:mc="x"/>', "\0", "\ud7ff"),
)
_CODECS = ("utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "utf-16", "latin-1")


def make(random: Random) -> bytes:
    """One input."""
    book = choose(random)
    if random.random() < 0.06:
        _shuffle(book, random)
    names = list(book)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        # the sheet's own part is the richest: every other change is in there
        name = (
            random.choice(names) if random.random() < 0.5 else next((n for n in names if "sheet1.xml" in n), names[0])
        )
        text = book[name].decode("utf-8", "replace")
        tokens = _TOKEN.findall(text)
        if tokens:
            random.choice(_CHANGES)(tokens, random)
        book[name] = "".join(tokens).encode(random.choice(_CODECS), "replace")
    return pack(book, random.random() < 0.1)


def _shuffle(book: dict[str, bytes], random: Random) -> None:
    """Parts missing, swapped, doubled, under other names."""
    one, two = random.choice(list(book)), random.choice(list(book))
    kind = random.randrange(4)
    if kind == 0:
        del book[one]
    elif kind == 1:
        book[one], book[two] = book[two], book[one]
    elif kind == 2:
        book[random.choice((one.upper(), "../" + one, "/" + one, one.replace("/", "\\"), one + "\0", "x" * 300))] = (
            book[two]
        )
    else:
        book[one] = random.choice(
            (b"", b"\0", book[one] * 2, b"\xef\xbb\xbf" + book[one], random.choice(corpus()[5:])["xl/workbook.xml"])
        )


def like(old: str, random: Random) -> str:
    """A hostile value, more often than not of the kind that stood there."""
    if random.random() < 0.3:
        return random.choice(ALL)
    if _NUMBER.fullmatch(old):
        return random.choice(NUMBERS)
    if _CELL.fullmatch(old):
        return random.choice(CELLS)
    return random.choice(random.choice((TEXTS, FORMULAS)))


def _escape(text: str, random: Random) -> str:
    """Mostly well-formed, sometimes as it is."""
    if random.random() < 0.1:
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\0", "")


def _opening(tokens: list[str], random: Random) -> int:
    """The place of some opening tag."""
    for _ in range(8):
        at = random.randrange(len(tokens))
        if tokens[at].startswith("<") and not tokens[at].startswith(("</", "<?", "<!")):
            return at
    return 0


def _end(tokens: list[str], start: int) -> int:
    """Behind the element that begins at a place."""
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token.startswith("</"):
            depth -= 1
        elif token.startswith("<") and not token.endswith("/>") and not token.startswith(("<?", "<!")):
            depth += 1
        if depth <= 0:
            return at + 1
    return len(tokens)


def _attribute(tokens: list[str], random: Random) -> None:
    for _ in range(6):
        at = _opening(tokens, random)
        found = list(_ATTRIBUTE.finditer(tokens[at]))
        if found:
            break
    else:
        return
    one, tag = random.choice(found), tokens[at]
    value = f'{one[1]}="{_escape(like(one[2], random), random)}"'
    kind = random.randrange(10)
    if kind == 0:
        value = ""
    elif kind == 1:
        value = f'{random.choice(("r", "s", "t", "si", "ref", "cm", "vm", "x", "xml:space", "count"))}="{one[2]}"'
    elif kind == 2:
        value = f"{one[0]} {value}"
    tokens[at] = tag[: one.start()] + value + tag[one.end() :]


def _text(tokens: list[str], random: Random) -> None:
    places = [at for at, token in enumerate(tokens) if not token.startswith("<")]
    if places:
        at = random.choice(places)
        tokens[at] = _escape(like(tokens[at], random), random)


def _delete(tokens: list[str], random: Random) -> None:
    at = _opening(tokens, random)
    del tokens[at : _end(tokens, at)]


def _repeat(tokens: list[str], random: Random) -> None:
    at = _opening(tokens, random)
    end = _end(tokens, at)
    tokens[end:end] = tokens[at:end] * random.choice((1, 1, 1, 2, 20))


def _move(tokens: list[str], random: Random) -> None:
    at = _opening(tokens, random)
    end = _end(tokens, at)
    taken = tokens[at:end]
    del tokens[at:end]
    to = random.randint(0, len(tokens))
    tokens[to:to] = taken


def _nest(tokens: list[str], random: Random) -> None:
    """An element inside of itself, a few or many times."""
    at = _opening(tokens, random)
    if tokens[at].startswith("<") and not tokens[at].endswith("/>"):
        end, times = _end(tokens, at), random.choice((1, 1, 2, 30, 400))
        name = tokens[at][1:].split()[0].rstrip(">")
        tokens[end:end] = [f"</{name}>"] * times
        tokens[at:at] = [tokens[at]] * times


def _rename(tokens: list[str], random: Random) -> None:
    at, other = _opening(tokens, random), _opening(tokens, random)
    if not tokens[at].startswith("<"):
        return
    old = tokens[at][1:].split()[0].rstrip("/>")
    new = tokens[other][1:].split()[0].rstrip("/>") or "x"
    end = _end(tokens, at)
    tokens[at] = tokens[at].replace(old, new, 1)
    if end - 1 != at and random.random() < 0.9:
        tokens[end - 1] = f"</{new}>"


def _insert(tokens: list[str], random: Random) -> None:
    tokens.insert(random.randint(0, len(tokens)), random.choice(_FOREIGN))


def _graft(tokens: list[str], random: Random) -> None:
    """An element of another part."""
    book = choose(random)
    other = _TOKEN.findall(book[random.choice(list(book))].decode())
    at, to = _opening(other, random), random.randint(0, len(tokens))
    tokens[to:to] = other[at : _end(other, at)]


def _truncate(tokens: list[str], random: Random) -> None:
    del tokens[random.randrange(len(tokens)) :]


_CHANGES = (
    *(_attribute, _attribute, _attribute, _attribute, _text, _text, _text, _delete, _repeat, _move, _nest, _rename),
    *(_insert, _graft, _truncate),
)
