"""HTML built from nested calls. Every text is escaped; only what these functions made goes in as it is."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import TypeAlias, Union


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Part: TypeAlias = Union[str, Iterable["Part"], None]  # noqa: UP007  # | does not take a name in quotes

_EMPTY = frozenset({"meta"})
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_CONTROLS = {
    **dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127]),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # bytes of a file's name that are no text
}


def escape(text: str) -> str:
    """A text as it stands in HTML, also in an attribute."""
    return text.translate(_CONTROLS).translate(_ESCAPES)


def tag(name: str, /, *parts: Part, **attributes: object) -> Html:
    """An element. Attributes: ``class_`` for class, ``stroke_width`` for stroke-width; True alone, None and False not.

    >>> tag("p", "1 < 2", class_="a")
    '<p class="a">1 &lt; 2</p>'
    """
    words = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    inner = "".join(_flat(parts))
    return Html(f"<{name}{words}>" if name in _EMPTY and not inner else f"<{name}{words}>{inner}</{name}>")


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(str(value))}"'


def _flat(parts: Iterable[Part]) -> Iterable[str]:
    for part in parts:
        if part is None:
            continue
        if isinstance(part, str):
            yield part if isinstance(part, Html) else escape(part)
        else:
            yield from _flat(part)


def page(title: str, *parts: Part, style: str = "", script: str = "") -> str:
    """A whole page that needs nothing from anywhere else, and may not ask for it.

    style: more of it. script: the only one that may run.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    if script:
        policy += f"; script-src 'sha256-{b64encode(sha256(script.encode('utf-8')).digest()).decode()}'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        Html(f"<style>{STYLE}{style}</style>"),
    )
    body = tag("body", tag("main", *parts), Html(f"<script>{script}</script>") if script else None)
    return "<!DOCTYPE html>\n" + tag("html", head, body, lang="en") + "\n"


STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --card: #f6f7f9; --line: #d5dae1;
  --bad: #b3261e; --bad-fill: #ffc7ce; --follow-fill: #fce4d6; --warn: #8a5a00; --warn-fill: #fff2cc; --good: #1b6e3c;
  --own: #1f5fbf; --ref: #c2570c; --mark-ink: #1c2430; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #a3adba; --paper: #14181e; --card: #1d232b;
  --line: #39424e; --bad: #ff8f87; --bad-fill: #ffc7ce; --warn: #f0c36a; --good: #79d19b; --own: #7fb0ff;
  --ref: #ffa45c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; } h3 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
.verdict { font-weight: 600; } .differs { color: var(--bad); } .ok { color: var(--good); }
.unrecognised { color: var(--warn); }
article { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 6px;
  padding: .8rem 1rem; margin: .8rem 0; }
article.warning { border-left-color: var(--warn); } article.sheet { border-left-color: var(--line); }
.kind { font-size: .8rem; border: 1px solid var(--line); border-radius: 4px; padding: 0 .4rem; color: var(--soft); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: .4rem 0; }
th, td { border: 1px solid var(--line); padding: .15rem .5rem; text-align: left; vertical-align: top; }
th { font-weight: 600; color: var(--soft); } .grid td { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; } .grid th { text-align: center; white-space: nowrap; }
code { font-family: ui-monospace, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
td.cause { background: var(--bad-fill); color: var(--mark-ink); font-weight: 700; outline: 2px solid var(--bad); }
td.follows { background: var(--follow-fill); color: var(--mark-ink); }
td.warned { background: var(--warn-fill); color: var(--mark-ink); }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--soft); }
ul { margin: .3rem 0; padding-left: 1.2rem; }
svg { width: 100%; height: auto; max-width: 60rem; display: block; } svg text { fill: var(--soft); font-size: 11px; }
.axis { stroke: var(--line); } .own { stroke: var(--own); } .ref { stroke: var(--ref); } .part { stroke: var(--bad); }
polyline { fill: none; stroke-width: 1.6; } polyline.ref { stroke-width: 6; opacity: .45; }
svg text.own { fill: var(--own); stroke: none; }
svg text.ref { fill: var(--ref); stroke: none; } svg text.part { fill: var(--bad); stroke: none; }
@media print { :root { color-scheme: light; } main { max-width: none; padding: 0; } article { break-inside: avoid; }
  .grid { font-size: .8rem; } details::details-content { content-visibility: visible; block-size: auto; } }
"""
