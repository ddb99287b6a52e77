"""Incomplete gamma and beta functions in double precision, their inverses and the terms they are made of.

Relative errors are near 1E-15 where a probability is not tiny, and near ``1E-16 * |log p|`` in far tails; the tests
compare them with SciPy. Powers divided by gamma functions follow C. Loader, "Fast and accurate computation of binomial
probabilities" (2000): no digits are lost to large logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from ..context import NoAnswer
from ..meter import charge

_EPSILON = 2.0**-53
_TINY = 1e-300
_MOST_TERMS = 200_000
_TERM, _STEP = 3, 50  # steps of a series' term and of an approximation
_HALF_LOG_TWO_PI = 0.9189385332046727  # log(sqrt(2 pi))
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)

Shares = Callable[[float], tuple[float, float]]
"""The probabilities below and above a point."""


def log1p_less(x: float) -> float:
    """``log(1 + x) - x`` for x > -1 without cancellation (by the series of the inverse hyperbolic tangent)."""
    if not -0.6 < x < 1.0:
        return math.log1p(x) - x
    ratio = x / (2.0 + x)
    square = ratio * ratio
    total, power, odd = 0.0, 1.0, 3.0
    while power > _EPSILON:
        total += power / odd
        power *= square
        odd += 2.0
    return ratio * (2.0 * square * total - x)


def _zeta_less_one(n: int) -> float:
    """``zeta(n) - 1`` for n >= 2, by Euler's summation: DLMF 25.2.9."""
    start = 40.0
    tail = start ** (1 - n) / (n - 1) + start**-n / 2 + n * start ** (-n - 1) / 12
    tail -= n * (n + 1) * (n + 2) * start ** (-n - 3) / 720
    tail += n * (n + 1) * (n + 2) * (n + 3) * (n + 4) * start ** (-n - 5) / 30240
    return math.fsum([tail, *(k**-n for k in range(2, 40))])


_EULER_LESS_ONE = 0.42278433509846713  # 1 - Euler's constant
_ZETA = tuple((-1) ** n * _zeta_less_one(n) / n for n in range(2, 30))


def lgamma(x: float) -> float:
    """The logarithm of gamma(x) for a positive x, precise also near 1 and 2: DLMF 5.7.3. inf where it is too large."""
    if 0.6 < x < 2.5:
        near = x - 1.0 if x < 1.5 else x - 2.0
        total = 0.0
        for coefficient in reversed(_ZETA):
            total = total * near + coefficient
        value = near * (_EULER_LESS_ONE + near * total)
        return value - math.log1p(near) if x < 1.5 else value
    try:
        return math.log(math.gamma(x)) if x < 100.0 else math.lgamma(x)
    except OverflowError:
        return math.inf if x > 1.0 else -math.log(x)


def deviance(x: float, mean: float) -> float:
    """``x log(x / mean) + mean - x``, never negative: Loader's bd0."""
    difference = (mean - x) / x
    if -0.5 < difference < 1.0:
        return -x * log1p_less(difference)
    return x * (math.log(x) - math.log(mean)) + mean - x


def stirling_error(x: float) -> float:
    """``log gamma(x + 1) - log(sqrt(2 pi x) (x / e)^x)``: DLMF 5.11.1."""
    if x < 16.0:
        return lgamma(x + 1.0) - (x + 0.5) * math.log(x) + x - _HALF_LOG_TWO_PI
    inverse = 1.0 / (x * x)
    total = 0.0
    for coefficient in reversed(_STIRLING):
        total = total * inverse + coefficient
    return total / x


def poisson_term(x: float, mean: float) -> float:
    """``mean^x e^-mean / gamma(x + 1)`` for x >= 0 and mean > 0."""
    if x == 0.0:
        return math.exp(-mean)
    if x < 100.0 and mean < 600.0 and abs(x * math.log(mean)) < 600.0:
        return math.pow(mean, x) * math.exp(-mean) / math.gamma(x + 1.0)
    return math.exp(-stirling_error(x) - deviance(x, mean)) / math.sqrt(2.0 * math.pi * x)


def binomial_term(a: float, b: float, x: float, y: float) -> float:
    """``gamma(a + b + 1) / (gamma(a + 1) gamma(b + 1)) x^a y^b`` for a, b >= 0, where x + y = 1.

    Of x and y the smaller is taken as exact, the larger as one less that, rounded.
    """
    if x <= 0.0 or y <= 0.0:
        return 1.0 if (a if x <= 0.0 else b) == 0.0 else 0.0
    excess = (x - 1.0) + y if x > y else (y - 1.0) + x
    lost = excess * (a / x if x > y else b / y)
    total = a + b
    if abs(a * math.log(x)) < 300.0 and abs(b * math.log(y)) < 300.0 and _is_direct(a, b):
        ways = math.gamma(total + 1.0) / math.gamma(a + 1.0) / math.gamma(b + 1.0)
        return ways * math.pow(x, a) * math.pow(y, b) * math.exp(-lost)
    if a == 0.0 or b == 0.0:
        return math.exp(a * _log_share(x, y) + b * _log_share(y, x))
    exponent = stirling_error(total) - stirling_error(a) - stirling_error(b)
    exponent -= deviance(a, total * x) + deviance(b, total * y)
    exponent += total * excess - lost  # the deviances have total * excess in them
    return math.exp(exponent) * math.sqrt(total / (2.0 * math.pi * a)) / math.sqrt(b)


def _is_direct(a: float, b: float) -> bool:
    """Whether gamma functions of a, b and their sum lose nothing, neither by size nor by the rounding of the sum."""
    return a + b < 20.0 or (a + b < 160.0 and (2.0 * a).is_integer() and (2.0 * b).is_integer())


def _log_share(share: float, rest: float) -> float:
    return math.log1p(-rest) if rest < 0.5 else math.log(share)


def incomplete_gamma(a: float, x: float) -> tuple[float, float]:
    """The regularised incomplete gamma functions P(a, x) and Q(a, x) for a > 0."""
    if x <= 0.0:
        return 0.0, 1.0
    if math.isinf(x):
        return 1.0, 0.0
    if a == 0.5:
        root = math.sqrt(x)
        return math.erf(root), math.erfc(root)
    if a == 1.0:
        return -math.expm1(-x), math.exp(-x)
    if a > 40.0 and abs(x - a) < min(0.3 * a, 3.0 * math.sqrt(a)):
        return _gamma_uniform(a, x)
    term = poisson_term(a, x)
    if x < a + 1.0:
        lower = min(1.0, term * _gamma_series(a, x))
        return lower, 1.0 - lower
    upper = min(1.0, term * a * _gamma_fraction(a, x))
    return 1.0 - upper, upper


def _gamma_series(a: float, x: float) -> float:
    """The series of DLMF 8.7.1, with its powers and factorials left out."""
    total = term = 1.0
    for count in range(1, _MOST_TERMS):
        term *= x / (a + count)
        total += term
        if term < _EPSILON * total:
            charge(_TERM * count)
            return total
    charge(_TERM * _MOST_TERMS)
    raise NoAnswer("a distribution with parameters this large")


def _gamma_fraction(a: float, x: float) -> float:
    """The continued fraction of DLMF 8.9.2, by Lentz's method."""
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b if b else 1.0 / _TINY
    total = d
    for count in range(1, _MOST_TERMS):
        numerator = -count * (count - a)
        b += 2.0
        d = 1.0 / ((numerator * d + b) or _TINY)
        c = (b + numerator / c) or _TINY
        step = c * d
        total *= step
        if abs(step - 1.0) < 2.0 * _EPSILON:
            charge(2 * _TERM * count)
            return total
    charge(2 * _TERM * _MOST_TERMS)
    raise NoAnswer("a distribution with parameters this large")


def _uniform_coefficients(count: int) -> tuple[float, ...]:
    """The coefficients of ``eta / (lambda - 1)`` in powers of eta, where ``eta^2 / 2 = lambda - 1 - log(lambda)``."""
    alpha = [Fraction(0), Fraction(1)]
    for k in range(2, count + 2):
        crossed = sum((j * alpha[j] * alpha[k - j + 1] for j in range(2, k)), Fraction(0))
        alpha.append((alpha[k - 1] - crossed) / (k + 1))
    inverse = [Fraction(1)]
    for k in range(1, count):
        inverse.append(-sum((alpha[j + 1] * inverse[k - j] for j in range(1, k + 1)), Fraction(0)))
    return tuple(float(coefficient) for coefficient in inverse)


_UNIFORM = _uniform_coefficients(27)


def _gamma_uniform(a: float, x: float) -> tuple[float, float]:
    """P and Q for large a and x near it: Gil, Segura and Temme (2012), DLMF 8.12."""
    half_square = -log1p_less((x - a) / a)
    eta = math.copysign(math.sqrt(2.0 * half_square), x - a)
    beta = [0.0] * 26
    beta[25], beta[24] = _UNIFORM[26], _UNIFORM[25]
    for m in range(24, 0, -1):
        beta[m - 1] = _UNIFORM[m] + (m + 1) * beta[m + 1] / a
    total = 0.0
    for coefficient in reversed(beta):
        total = total * eta + coefficient
    rest = math.exp(-a * half_square) / math.sqrt(2.0 * math.pi * a) * total / (1.0 + beta[1] / a)
    root = math.copysign(math.sqrt(a * half_square), eta)
    return 0.5 * math.erfc(-root) - rest, 0.5 * math.erfc(root) + rest


def incomplete_beta(a: float, b: float, x: float, y: float) -> tuple[float, float]:
    """The regularised incomplete beta functions I_x(a, b) and 1 - I_x(a, b) for a, b > 0; y is 1 - x."""
    if x <= 0.0:
        return 0.0, 1.0
    if y <= 0.0:
        return 1.0, 0.0
    term = binomial_term(a, b, x, y) / (a + b) * a * b
    if x <= a / (a + b):
        lower = min(1.0, term * _beta_fraction(a, b, x, y))
        return lower, 1.0 - lower
    upper = min(1.0, term * _beta_fraction(b, a, y, x))
    return 1.0 - upper, upper


def _beta_fraction(a: float, b: float, x: float, y: float) -> float:
    """The even part of the continued fraction of DLMF 8.17.22 (DiDonato and Morris 1992): precise for large a."""
    value = _partial(0, a, b, x, y)
    c, d = value, 0.0
    for m in range(1, _MOST_TERMS):
        place = a + 2.0 * m - 1.0
        above = (a + m - 1.0) / place * ((a + b + m - 1.0) / place) * m * (b - m) * x * x
        below = _partial(m, a, b, x, y)
        d = 1.0 / ((below + above * d) or _TINY)
        c = (below + above / c) or _TINY
        step = c * d
        value *= step
        if abs(step - 1.0) < 2.0 * _EPSILON:
            charge(4 * _TERM * m)
            return 1.0 / value
    charge(4 * _TERM * _MOST_TERMS)
    raise NoAnswer("a distribution with parameters this large")


def _partial(m: int, a: float, b: float, x: float, y: float) -> float:
    whole = m + (a + m) / (a + 2.0 * m + 1.0) * (a * y - b * x + 1.0 + m * (1.0 + y))
    return (whole + m * (b - m) * x / (a + 2.0 * m - 1.0) if m else whole) or _TINY


def inverse_gamma(a: float, lower: float, upper: float) -> float:
    """The x with P(a, x) = lower and Q(a, x) = upper, two shares that add up to 1 and are not 0."""
    try:
        start = math.exp((math.log(lower) + lgamma(a + 1.0)) / a)
    except (OverflowError, ValueError):
        start = a
    start = start if 0.0 < start < a else a
    return _solve(lambda x: incomplete_gamma(a, x), lambda x: a * poisson_term(a, x), lower, upper, start)


def inverse_beta(a: float, b: float, lower: float, upper: float) -> float:
    """The odds ``x / (1 - x)`` with I_x(a, b) = lower and 1 - I_x(a, b) = upper, which add up to 1 and are not 0."""

    def shares(odds: float) -> tuple[float, float]:
        return incomplete_beta(a, b, odds / (1.0 + odds), 1.0 / (1.0 + odds))

    def slope(odds: float) -> float:
        return binomial_term(a, b, odds / (1.0 + odds), 1.0 / (1.0 + odds)) * b / (a + b) * a

    return _solve(shares, slope, lower, upper, a / b)


def _solve(shares: Shares, slope: Callable[[float], float], lower: float, upper: float, start: float) -> float:
    """The positive x where the smaller of two shares has its value: Newton's method between logarithms, kept in bounds.

    ``slope``: the derivative of the lower share by log(x).
    """
    left = lower <= upper
    low, high, x = 0.0, math.inf, start
    for _ in range(300):
        charge(_STEP)
        below, above = shares(x)
        share, wanted = (below, lower) if left else (above, upper)
        if share == wanted:
            break
        if (share < wanted) == left:
            low = x
        else:
            high = x
        rate = slope(x)
        step = _newton_step(share, wanted, rate if left else -rate)
        following = x * math.exp(step) if abs(step) < 600.0 else 0.0
        if not low < following < high:
            following = _between(low, high)
        close = abs(following - x) <= 2.0 * _EPSILON * x
        x = following
        if close or not 1e-307 < x < 1e307:
            break
    return x


def _newton_step(share: float, wanted: float, rate: float) -> float:
    if share <= 0.0 or rate == 0.0:
        return math.inf
    ratio = (wanted - share) / share
    change = math.log1p(ratio) if abs(ratio) < 0.5 else math.log(wanted) - math.log(share)
    return share * change / rate


def _between(low: float, high: float) -> float:
    if math.isinf(high):
        return low * 8.0
    if low == 0.0:
        return high / 64.0
    return math.sqrt(low) * math.sqrt(high)
