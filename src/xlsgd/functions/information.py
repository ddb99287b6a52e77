"""Information about values and cells."""

from ..values import NA
from .kinds import AnyValue, Result
from .registry import function


@function("NA")
def na() -> Result:
    return NA


@function("ISNUMBER")
def isnumber(value: AnyValue) -> Result:
    return isinstance(value, float)


@function("ISTEXT")
def istext(value: AnyValue) -> Result:
    return isinstance(value, str)


@function("ISBLANK")
def isblank(value: AnyValue) -> Result:
    return value is None
