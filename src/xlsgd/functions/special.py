"""Special functions behind the distributions: gamma, incomplete gamma and beta, to nearly full double precision.

Sources: W. J. Cody, K. E. Hillstrom, "Chebyshev approximations for the natural logarithm of the gamma function" (1967);
C. Loader, "Fast and accurate computation of binomial probabilities" (2000); N. M. Temme, "The asymptotic expansion of
the incomplete gamma functions" (1979); W. H. Press et al., "Numerical recipes" (continued fractions).
"""

from __future__ import annotations

import math

from .context import NoAnswer

_TERMS = 200_000
_LOG_ROOT_2PI = 0.9189385332046727417803297
_TINY = 1e-300
_EPSILON = 2.0**-53

_P1 = (
    4.945235359296727046734888e0,
    2.018112620856775083915565e2,
    2.290838373831346393026739e3,
    1.131967205903380828685045e4,
    2.855724635671635335736389e4,
    3.848496228443793359990269e4,
    2.637748787624195437963534e4,
    7.225813979700288197698961e3,
)
_Q1 = (
    6.748212550303777196073036e1,
    1.113332393857199323513008e3,
    7.738757056935398733233834e3,
    2.763987074403340708898585e4,
    5.499310206226157329794414e4,
    6.161122180066002127833352e4,
    3.635127591501940507276287e4,
    8.785536302431013170870835e3,
)
_P2 = (
    4.974607845568932035012064e0,
    5.424138599891070494101986e2,
    1.550693864978364947665077e4,
    1.847932904445632425417223e5,
    1.088204769468828767498470e6,
    3.338152967987029735917223e6,
    5.106661678927352456275255e6,
    3.074109054850539556250927e6,
)
_Q2 = (
    1.830328399370592604055942e2,
    7.765049321445005871323047e3,
    1.331903827966074194402448e5,
    1.136705821321969608938755e6,
    5.267964117437946917577538e6,
    1.346701454311101692290052e7,
    1.782736530353274213975932e7,
    9.533095591844353613395747e6,
)
_P4 = (
    1.474502166059939948905062e4,
    2.426813369486704502836312e6,
    1.214755574045093227939592e8,
    2.663432449630976949898078e9,
    2.940378956634553899906876e10,
    1.702665737765398868392998e11,
    4.926125793377430887588120e11,
    5.606251856223951465078242e11,
)
_Q4 = (
    2.690530175870899333379843e3,
    6.393885654300092398984238e5,
    4.135599930241388052042842e7,
    1.120872109616147941376570e9,
    1.488613728678813811542398e10,
    1.016803586272438228077304e11,
    3.417476345507377132798597e11,
    4.463158187419713286462081e11,
)
_FAR = (
    5.7083835261e-03,
    -1.910444077728e-03,
    8.4171387781295e-04,
    -5.952379913043012e-04,
    7.93650793500350248e-04,
    -2.777777777777681622553e-03,
    8.333333333333333331554247e-02,
)
_D1, _D2, _D4 = -5.772156649015328605195174e-1, 4.227843350984671393993777e-1, 1.791759469228055000094023e0


def ln_gamma(x: float) -> float:
    """The logarithm of the gamma function of a positive number.

    >>> ln_gamma(1.0), ln_gamma(10.0)
    (0.0, 12.801827480081469)
    """
    if x <= _EPSILON:
        return -math.log(x)
    if x <= 0.5:
        return -math.log(x) + x * (_D1 + x * _ratio(_P1, _Q1, x, 1.0))
    if x < 0.6796875:
        return -math.log(x) + _plus_one(x)
    if x <= 1.5:
        near = (x - 0.5) - 0.5
        return near * (_D1 + near * _ratio(_P1, _Q1, near, 1.0))
    if x <= 4.0:
        near = x - 2.0
        return near * (_D2 + near * _ratio(_P2, _Q2, near, 1.0))
    if x <= 12.0:
        near = x - 4.0
        return _D4 + near * _ratio(_P4, _Q4, near, -1.0)
    return _ln_gamma_far(x)


def _plus_one(x: float) -> float:
    """Of ``x + 1``, a little below 2."""
    near = (x - 0.5) - 0.5
    return near * (_D2 + near * _ratio(_P2, _Q2, near, 1.0))


def _ratio(above: tuple[float, ...], below: tuple[float, ...], x: float, start: float) -> float:
    numerator, denominator = 0.0, start
    for p, q in zip(above, below, strict=True):
        numerator = numerator * x + p
        denominator = denominator * x + q
    return numerator / denominator


def _ln_gamma_far(x: float) -> float:
    correction = 0.0
    if x <= 2.25e76:
        square = x * x
        correction = _FAR[0]
        for coefficient in _FAR[1:]:
            correction = correction / square + coefficient
        correction /= x
    log = math.log(x)
    return correction + _LOG_ROOT_2PI - 0.5 * log + x * (log - 1.0)


def gamma(x: float) -> float | None:
    """The gamma function; None at 0, at negative whole numbers and where it is too large."""
    try:
        return math.gamma(x)
    except (OverflowError, ValueError):
        return None


# Loader's saddle-point terms


def _stirling_error(n: float) -> float:
    """``ln n! - ln(sqrt(2 pi n) (n/e)^n)``."""
    if n < 15.0:
        return ln_gamma(n + 1.0) - (n + 0.5) * math.log(n) + n - _LOG_ROOT_2PI
    square = n * n
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n


def _deviance(x: float, mean: float) -> float:
    """``x ln(x/mean) + mean - x`` without cancellation."""
    if abs(x - mean) < 0.1 * (x + mean):
        ratio = (x - mean) / (x + mean)
        total = (x - mean) * ratio
        term = 2.0 * x * ratio
        power = 1
        while True:
            term *= ratio * ratio
            power += 2
            following = total + term / power
            if following == total:
                return total
            total = following
    return x * math.log(x / mean) + mean - x


def poisson_density(x: float, mean: float) -> float:
    """``mean^x e^-mean / gamma(x+1)`` for any ``x >= 0``."""
    if mean == 0.0:
        return 1.0 if x == 0.0 else 0.0
    if x <= mean * 1e-300:
        return _exp(-mean)
    if mean < x * 1e-300:
        return _exp(-mean + x * math.log(mean) - ln_gamma(x + 1.0))
    return _exp(-_stirling_error(x) - _deviance(x, mean)) / math.sqrt(2.0 * math.pi * x)


def binomial_density(x: float, n: float, p: float, q: float) -> float:
    """``gamma(n+1) / (gamma(x+1) gamma(n-x+1)) p^x q^(n-x)`` for ``0 <= x <= n`` and ``q = 1 - p``."""
    if p == 0.0 or q == 0.0:
        return 1.0 if x == (0.0 if p == 0.0 else n) else 0.0
    if x == 0.0 or x == n:
        share, other = (q, p) if x == 0.0 else (p, q)
        return 1.0 if n == 0.0 else _exp(-_deviance(n, n * share) - n * other if other < 0.1 else n * math.log(share))
    rest = n - x
    exponent = _stirling_error(n) - _stirling_error(x) - _stirling_error(rest)
    exponent -= _deviance(x, n * p) + _deviance(rest, n * q)
    return _exp(exponent) * math.sqrt(n / (2.0 * math.pi * x * rest))


def _exp(number: float) -> float:
    return math.exp(number) if number > -800.0 else 0.0


# Incomplete functions: both tails, the smaller one with full relative precision


def gamma_tails(a: float, x: float) -> tuple[float, float]:
    """The regularised incomplete gamma functions P(a, x) and Q(a, x)."""
    if x <= 0.0:
        return 0.0, 1.0
    if a > 1e8:
        return _gamma_far(a, x)
    density = poisson_density(a, x)
    if x < a + 1.0:
        lower = density * _gamma_series(a, x)
        return lower, 1.0 - lower
    upper = density * a * _gamma_fraction(a, x)
    return 1.0 - upper, upper


def _gamma_series(a: float, x: float) -> float:
    total = term = 1.0
    for step in range(1, _TERMS):
        term *= x / (a + step)
        total += term
        if term < total * _EPSILON:
            return total
    raise NoAnswer("a gamma distribution with parameters this large")


def _gamma_fraction(a: float, x: float) -> float:
    b = x + 1.0 - a
    c, d = 1.0 / _TINY, 1.0 / b
    result = d
    for step in range(1, _TERMS):
        factor = -step * (step - a)
        b += 2.0
        d = 1.0 / _not_zero(factor * d + b)
        c = _not_zero(b + factor / c)
        result *= d * c
        if abs(d * c - 1.0) < 2.0 * _EPSILON:
            return result
    raise NoAnswer("a gamma distribution with parameters this large")


def _gamma_far(a: float, x: float) -> tuple[float, float]:
    """Temme's expansion, its first term: exact to double precision for such an ``a``."""
    rise = x / a - 1.0
    if rise > 1e8 or rise <= -1.0:
        return (1.0, 0.0) if rise > 0 else (0.0, 1.0)
    height = math.copysign(math.sqrt(2.0 * max(0.0, _deviance(a, x) / a)), rise)
    correction = 1.0 / rise - 1.0 / height if abs(height) > 1e-3 else -1.0 / 3.0 + height / 12.0
    rest = _exp(-0.5 * a * height * height) / math.sqrt(2.0 * math.pi * a) * correction
    z = height * math.sqrt(0.5 * a)
    return 0.5 * math.erfc(-z) - rest, 0.5 * math.erfc(z) + rest


def beta_tails(a: float, b: float, x: float, y: float) -> tuple[float, float]:
    """The regularised incomplete beta function of ``x`` and of its complement; ``y = 1 - x``."""
    if x <= 0.0:
        return 0.0, 1.0
    if y <= 0.0:
        return 1.0, 0.0
    front = binomial_density(a, a + b, x, y) * (a * b / (a + b))
    if x < (a + 1.0) / (a + b + 2.0):
        lower = front * _beta_fraction(a, b, x) / a
        return lower, 1.0 - lower
    upper = front * _beta_fraction(b, a, y) / b
    return 1.0 - upper, upper


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0))
    result = d
    for step in range(1, _TERMS):
        for factor in (
            step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
            -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
        ):
            d = 1.0 / _not_zero(1.0 + factor * d)
            c = _not_zero(1.0 + factor / c)
            result *= d * c
        if abs(d * c - 1.0) < 2.0 * _EPSILON:
            return result
    raise NoAnswer("a beta distribution with parameters this large")


def _not_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
