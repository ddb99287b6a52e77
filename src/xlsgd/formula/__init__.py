"""The formula language: text to tokens to a tree of frozen nodes, and back to text."""

from .parser import parse, strip_prefixes
from .printer import number_text, to_text
from .relative import relative_key, text_at

__all__ = ["number_text", "parse", "relative_key", "strip_prefixes", "text_at", "to_text"]
