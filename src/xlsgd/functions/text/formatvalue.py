"""A value shown by a number format code: the section is chosen, then filled."""

from __future__ import annotations

from ..numbertext import general_text
from .formatcode import BadFormat, Condition, Section, parse_format
from .formatdate import show_date
from .formatfraction import is_fraction, show_fraction
from .formatnumber import show_number


def format_value(value: float | str, code: str, date1904: bool = False) -> str | None:
    """The text of a number or a text in a format; None where Excel refuses the code or the number has no such text.

    >>> format_value(1234.5, "#,##0.00"), format_value(-5.0, "0;(0)"), format_value(45351.0, "d mmm yyyy")
    ('1,234.50', '(5)', '29 Feb 2024')
    >>> format_value("a", "0;0;0;@@")
    'aa'
    """
    try:
        sections = parse_format(code)
    except BadFormat:
        return None
    if not code:
        return ""
    if isinstance(value, str):
        return _show_text(value, sections)
    numeric = _numeric_sections(sections)
    index = _choose(value, numeric)
    section = numeric[index]
    if section.is_date:
        return show_date(value, section, date1904)
    shown, zero = _show(value, section)
    hidden = zero or value >= 0 or _without_sign(index, numeric)
    return shown if hidden else "-" + shown


def _show_text(text: str, sections: tuple[Section, ...]) -> str:
    section = sections[3] if len(sections) == 4 else sections[-1]
    if len(sections) < 4 and not section.has("text"):
        return text
    return "".join(text if part.kind in ("text", "general") else part.text for part in section.parts)


def _numeric_sections(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections for numbers: all but the one for text. A code for text alone shows numbers in General format."""
    count = 3 if len(sections) == 4 else len(sections) - sections[-1].has("text")
    return sections[:count] if count else (parse_format("General")[0],)


def _conditions(sections: tuple[Section, ...]) -> list[Condition | None]:
    """What each section asks of a number, None: the rest. Two sections: from 0 on and below; three: above, below, 0."""
    given = [section.condition for section in sections]
    if len(sections) == 1:
        return given
    if given[0] is None:
        given[0] = Condition(">" if len(sections) > 2 else ">=", 0.0)
        if len(sections) == 2 and given[1] is not None:
            return [None, given[1]]
    if len(sections) > 2 and given[1] is None:
        given[1] = Condition("<", 0.0)
    return given


def _choose(number: float, sections: tuple[Section, ...]) -> int:
    conditions = _conditions(sections)
    for index, condition in enumerate(conditions):
        if condition is not None and condition.holds(number):
            return index
    return next((index for index, condition in enumerate(conditions) if condition is None), len(sections) - 1)


def _without_sign(index: int, sections: tuple[Section, ...]) -> bool:
    """Whether a section is for negative numbers alone, so that it says itself how they look."""
    conditions = _conditions(sections)
    condition = conditions[index]
    if condition is not None:
        return condition.only_negative
    first = conditions[0]
    return index == 1 and first is not None and first.operator in (">", ">=") and first.limit <= 0


def _show(number: float, section: Section) -> tuple[str, bool]:
    """The text of a number without its sign; whether it shows nothing but zeros, so that a sign would mislead."""
    parts = section.parts
    if is_fraction(parts):
        shown = show_fraction(abs(number), parts)
        return shown, not any(character in "123456789" for character in shown)
    if section.has("general"):
        return "".join(general_text(abs(number)) if p.kind == "general" else p.text for p in parts), number == 0
    if section.has("digit"):
        return show_number(abs(number), parts)
    return "".join(part.text for part in parts), False
