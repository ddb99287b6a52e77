"""Discrete distributions: binomial, negative binomial, Poisson, hypergeometric."""

import math

from ...values import NUM, CellError
from ..kinds import Integer, Logical, Number, OptionalNumber, Result
from ..meter import charge
from ..registry import function
from .incomplete import binomial_term, incomplete_beta, incomplete_gamma, poisson_term

_CLOSE = "up to 8E-15 relative, 1E-13 below 1E-150 (measured): Excel adds in an order of its own"
_MOST = 2.0**53
_STEP = 50  # steps of an approximation
_EXACT = 1000  # populations up to here are counted in whole numbers


def _binomial(hits: int, trials: int, share: float) -> float:
    return binomial_term(float(hits), float(trials - hits), share, 1.0 - share)


def _binomial_shares(hits: int, trials: int, share: float) -> tuple[float, float]:
    """The probabilities of at most so many hits and of more."""
    if hits >= trials:
        return 1.0, 0.0
    return (0.0, 1.0) if hits < 0 else incomplete_beta(float(trials - hits), hits + 1.0, 1.0 - share, share)


@function("BINOM.DIST", "BINOMDIST", differs=_CLOSE)
def binom_dist(hits: Number, trials: Number, share: Number, cumulative: Logical) -> Result:
    number, total = _whole(hits), _whole(trials)
    if number is None or total is None or number > total or not 0 <= share <= 1:
        return NUM
    return _binomial_shares(number, total, share)[0] if cumulative else _binomial(number, total, share)


def _whole(number: float) -> int | None:
    """A whole number cut off; None for one that is negative before it is cut off (measured) or beyond 2^53."""
    return int(number) if 0 <= number <= _MOST else None


@function("BINOM.DIST.RANGE", differs=_CLOSE)
def binom_dist_range(trials: Integer, share: Number, least: Integer, most: OptionalNumber = None) -> Result:
    last = least if most is None else int(most)
    if not 0 <= least <= last <= trials or not 0 <= share <= 1:
        return NUM
    if last == least:
        return _binomial(least, trials, share)
    before, after = _binomial_shares(least - 1, trials, share), _binomial_shares(last, trials, share)
    return after[0] - before[0] if before[0] < 0.5 else before[1] - after[1]


@function("BINOM.INV", "CRITBINOM")
def binom_inv(trials: Integer, share: Number, criterion: Number) -> Result:
    """Shares of 0 and 1 are #NUM!, though Microsoft's page allows them: measured."""
    if trials < 0 or not 0 < share < 1 or not 0 < criterion < 1:
        return NUM
    low, high = 0, trials
    while low < high:
        charge(_STEP)
        middle = (low + high) // 2
        if _binomial_shares(middle, trials, share)[0] >= criterion:
            high = middle
        else:
            low = middle + 1
    return float(low)


@function("NEGBINOM.DIST", differs=_CLOSE)
def negbinom_dist(misses: Integer, hits: Integer, share: Number, cumulative: Logical) -> Result:
    """Shares of 0 and 1 are #NUM!, though Microsoft's page allows them: measured."""
    if misses < 0 or hits < 1 or not 0 < share < 1:
        return NUM
    if cumulative:
        return incomplete_beta(float(hits), misses + 1.0, share, 1.0 - share)[0]
    return _negative_binomial(misses, hits, share)


def _negative_binomial(misses: int, hits: int, share: float) -> float:
    return binomial_term(float(hits), float(misses), share, 1.0 - share) * (hits / (hits + misses))


@function("NEGBINOMDIST", differs=_CLOSE)
def negbinomdist(misses: Integer, hits: Integer, share: Number) -> Result:
    return _negative_binomial(misses, hits, share) if misses >= 0 and hits >= 1 and 0 < share < 1 else NUM


@function("POISSON.DIST", "POISSON", differs=_CLOSE)
def poisson_dist(number: Number, mean: Number, cumulative: Logical) -> Result:
    count = _whole(number)
    if count is None or mean < 0:
        return NUM
    if mean == 0:
        return 1.0 if cumulative or count == 0 else 0.0
    return incomplete_gamma(count + 1.0, mean)[1] if cumulative else poisson_term(float(count), mean)


@function("HYPGEOM.DIST", differs=_CLOSE)
def hypgeom_dist(hits: Integer, drawn: Integer, marked: Integer, population: Integer, cumulative: Logical) -> Result:
    return _hypergeometric_of(hits, drawn, marked, population, cumulative)


@function("HYPGEOMDIST", differs=_CLOSE)
def hypgeomdist(hits: Integer, drawn: Integer, marked: Integer, population: Integer) -> Result:
    return _hypergeometric_of(hits, drawn, marked, population, False)


def _hypergeometric_of(hits: int, drawn: int, marked: int, population: int, cumulative: bool) -> float | CellError:
    least, most = max(0, drawn - population + marked), min(drawn, marked)
    if not least <= hits <= most or not 0 < drawn <= population or not 0 < marked <= population:
        return NUM
    if population <= _EXACT:
        charge(3 * (hits - least))
        ways = sum(_ways(k, drawn, marked, population) for k in range(least if cumulative else hits, hits + 1))
        return ways / math.comb(population, drawn)
    if not cumulative:
        return _hypergeometric(hits, drawn, marked, population)
    if hits < (drawn + 1) * (marked + 1) // (population + 2):
        return _run(hits, least, drawn, marked, population)
    return 1.0 - (_run(hits + 1, most, drawn, marked, population) if hits < most else 0.0)


def _ways(hits: int, drawn: int, marked: int, population: int) -> int:
    return math.comb(marked, hits) * math.comb(population - marked, drawn - hits)


def _hypergeometric(hits: int, drawn: int, marked: int, population: int) -> float:
    """Loader's form: three binomial terms of the share that is drawn."""
    if drawn == population:
        return 1.0
    share = drawn / population
    top = _binomial(hits, marked, share) * _binomial(drawn - hits, population - marked, share)
    return top / _binomial(drawn, population, share)


def _run(start: int, end: int, drawn: int, marked: int, population: int) -> float:
    """The sum of the terms from ``start`` to ``end``, away from the mode, until they change nothing."""
    term = total = _hypergeometric(start, drawn, marked, population)
    rest = population - marked - drawn
    k = start
    while k != end and term > total * 1e-17:
        if end > start:
            k += 1
            term *= (marked - k + 1) * (drawn - k + 1) / (k * (rest + k))
        else:
            term *= k * (rest + k) / ((marked - k + 1) * (drawn - k + 1))
            k -= 1
        total += term
    charge(3 * abs(k - start))
    return total
