"""Ranks, percentiles and frequencies."""

from bisect import bisect_left

from ...values import DIV0, NA, NUM, Array, CellError, Reference
from .. import gather
from ..context import Context as _Context
from ..kinds import ArrayGrid, Context, Integer, Number, Numbers, OptionalNumber, Ref, Result
from ..registry import function
from ..sums import plain_sum
from . import order
from .pairs import number_pairs


@function("LARGE")
def large(numbers: Numbers, place: Number) -> Result:
    return order.large(numbers, place)


@function("SMALL")
def small(numbers: Numbers, place: Number) -> Result:
    return order.small(numbers, place)


@function("PERCENTILE.INC", "PERCENTILE")
def percentile_inc(numbers: Numbers, share: Number) -> Result:
    return order.percentile(numbers, share)


@function("PERCENTILE.EXC")
def percentile_exc(numbers: Numbers, share: Number) -> Result:
    return order.percentile_exclusive(numbers, share)


@function("QUARTILE.INC", "QUARTILE")
def quartile_inc(numbers: Numbers, quarter: Integer) -> Result:
    return order.percentile(numbers, quarter / 4.0)


@function("QUARTILE.EXC")
def quartile_exc(numbers: Numbers, quarter: Integer) -> Result:
    return order.percentile_exclusive(numbers, quarter / 4.0)


@function("PERCENTRANK.INC", "PERCENTRANK", blank_is_default=True)
def percentrank_inc(numbers: Numbers, number: Number, digits: Integer = 3) -> Result:
    return order.percent_rank(numbers, number, digits, False)


@function("PERCENTRANK.EXC", blank_is_default=True)
def percentrank_exc(numbers: Numbers, number: Number, digits: Integer = 3) -> Result:
    return order.percent_rank(numbers, number, digits, True)


@function("RANK.EQ", "RANK")
def rank_eq(number: Number, cells: Ref, ascending: Number = 0.0, *, context: Context) -> Result:
    place = _rank(number, cells, ascending, context)
    return place if isinstance(place, CellError) else float(place[0])


@function("RANK.AVG")
def rank_avg(number: Number, cells: Ref, ascending: Number = 0.0, *, context: Context) -> Result:
    """The mean of the ranks of equal numbers."""
    place = _rank(number, cells, ascending, context)
    return place if isinstance(place, CellError) else place[0] + (place[1] - 1) / 2.0


def _rank(number: float, cells: Reference, ascending: float, context: _Context) -> tuple[int, int] | CellError:
    """The rank of a number and how many share it."""
    numbers = gather.numbers([cells], context, True)
    if isinstance(numbers, CellError):
        return numbers
    same = numbers.count(number)
    if not same:
        return NA
    before = sum(1 for other in numbers if (other < number if ascending else other > number))
    return before + 1, same


@function("FREQUENCY")
def frequency(data: Numbers, limits: Numbers) -> Result:
    """How many numbers fall up to each limit and above the one below it, and above all of them, in a column."""
    counts = [0.0] * (len(limits) + 1)
    places = [*sorted(range(len(limits)), key=lambda place: limits[place]), len(limits)]
    ordered = sorted(limits)
    for number in data:
        counts[places[bisect_left(ordered, number)]] += 1.0
    return Array([[count] for count in counts])


@function("PROB")
def prob(xs: ArrayGrid, shares: ArrayGrid, low: Number, high: OptionalNumber = None) -> Result:
    """The probability that a value lies between two limits, or equals one; pairs without numbers are left out."""
    pairs = number_pairs(xs, shares)
    if isinstance(pairs, CellError):
        return pairs
    if not pairs:
        return DIV0
    if any(not 0 < share <= 1 for _, share in pairs):
        return NUM
    if abs(plain_sum(share for _, share in pairs) - 1.0) > 1e-7:
        return NUM
    top = low if high is None else high
    return plain_sum(share for x, share in pairs if low <= x <= top)
