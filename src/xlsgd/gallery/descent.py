"""Experiments 6 to 8: the elbow of a ReLU, the collapse of two layers into one, and x to the fourth."""

from __future__ import annotations

from ..variants import Elbow, Linear, Linear2, Quartic, Relu2, Sgd, Steps, Typed, Variant
from .exhibit import Exhibit, Show


def _elbow(start: tuple[float, ...], lr: float) -> Variant:
    return Variant(Relu2(), optimizer=Sgd(lr=lr), init=Typed(start), data=Elbow(), epochs=6)


ELBOW = Exhibit(
    name="6-elbow",
    title="The elbow",
    question="What shape can a single ReLU make, and can it learn the shape it was made for?",
    tries=(
        "Look at the chart of data and predictions: one bend, flat on its left.",
        "Change the starts of a, b, c, d: −b/a is where the bend stands, a·c the slope right of it, d the level left.",
        "Start with a negative a: the bend looks the other way and does not turn round.",
    ),
    mathematics=(
        "z = max(a·x + b, 0) and y = c·z + d give a line that is flat at d up to x = −b/a and has the slope a·c from"
        " there on. Left of the bend only d learns. Since a and c enter as a product, many pairs draw the same elbow."
        " The level d has the curvature 2 of its own and the slope one of 2·c²·x²: with one learning rate for"
        " both, d is"
        " thousands of times slower (He et al., [arXiv:1502.01852](https://arxiv.org/abs/1502.01852), on starting"
        " rectifiers)."
    ),
    findings=(
        "From (1, 1, 1, 30) it finds the elbow: √Σe² {good start:root_sum_error_1:.1f} in the first epoch,"
        " {good start:root_sum_error_6:.3f} in the sixth; a·c is then"
        " {good start:end_a_6:.4f} · {good start:end_c_6:.4f}.",
        "From ones the slope comes, the level does not: d is {ones:end_d_6:.3f} after six epochs and √Σe² stays at"
        " {ones:root_sum_error_6:.1f}.",
        "At lr 1e-4 it explodes: beyond 1e9 at step {too fast:exploded:.0f}.",
    ),
    shows=(
        Show(
            "good start", _elbow((1.0, 1.0, 1.0, 30.0), 1e-5), "The level is right from the start; the slope follows."
        ),
        Show("ones", _elbow((1.0, 1.0, 1.0, 1.0), 1e-5), "The slope is learnt at once, the level hardly at all."),
        Show("too fast", _elbow((1.0, 1.0, 1.0, 1.0), 1e-4), "Ten times faster: an elbow does not protect."),
    ),
    picture="good start",
)

_COLLAPSE_LR = 1e-5


def _same(a: float, c: float) -> Variant:
    """Two neurons that are y = x + 2 whatever a is: c = 1/a, b = 1, d = 2 − c."""
    return Variant(Linear2(), optimizer=Sgd(lr=_COLLAPSE_LR), init=Typed((a, 1.0, c, 2.0 - c)), epochs=3)


COLLAPSE = Exhibit(
    name="7-collapse",
    title="The collapse: two layers that are one line",
    question="If two stacked neurons are the same line as one, do they learn the same way?",
    tries=(
        "Compare the columns slope and intercept on each sheet: all four begin with the line y = x + 2.",
        "Change a and c so that a·c stays 1 (and d = 2 − c): the line is the same, the training is not.",
    ),
    mathematics=(
        "c·(a·x + b) + d = (a·c)·x + (c·b + d): two layers without an activation can do what one can, no more."
        " But a step"
        " on a, b, c, d is not a step on slope and intercept: the slope moves by about (a² + c²) times what it"
        " would with"
        " one neuron, so the same function is another optimization problem, with another limit for the learning"
        " rate (Cohen et al., [arXiv:2103.00065](https://arxiv.org/abs/2103.00065))."
    ),
    findings=(
        "All begin with the same first error, {one neuron:error@1:.0f}.",
        "One neuron ends the first epoch at {one neuron:root_sum_error_1:.1f}; a = c = 1 at"
        " {a 1, c 1:root_sum_error_1:.1f}; a = 2, c = ½ at {a 2, c 0.5:root_sum_error_1:.1f}; a = 4, c = ¼ at"
        " {a 4, c 0.25:root_sum_error_1:.1f}.",
        "With a = 4, c = ¼ the learning rate is too high: {a 4, c 0.25:end_root_error_1:.1f} at the end of the first"
        " epoch against {a 1, c 1:end_root_error_1:.1f} with a = c = 1.",
    ),
    shows=(
        Show(
            "one neuron",
            Variant(Linear(), optimizer=Sgd(lr=_COLLAPSE_LR), init=Typed((1.0, 2.0)), epochs=3),
            "The line y = x + 2 as one neuron.",
        ),
        Show("a 1, c 1", _same(1.0, 1.0), "The same line: about twice as fast."),
        Show("a 2, c 0.5", _same(2.0, 0.5), "The same line: four times as fast."),
        Show("a 4, c 0.25", _same(4.0, 0.25), "The same line: too fast, it swings."),
    ),
)


def _quartic(start: float, lr: float) -> Variant:
    return Variant(Quartic(), optimizer=Sgd(lr=lr), init=Typed((start,)), data=Steps(40))


QUARTIC = Exhibit(
    name="8-x-to-the-fourth",
    title="x to the fourth by gradient descent",
    question="When does gradient descent on x⁴ converge?",
    tries=(
        "With lr = 0.1 the border is x = √5 = 2.236…: type starts on both sides of it.",
        "Halve lr: the border moves to √10.",
    ),
    mathematics=(
        "x' = x − lr·4x³ = x·(1 − 4·lr·x²): the step goes towards 0 if |1 − 4·lr·x₀²| < 1, that is x₀² <"
        " 1/(2·lr), and once"
        " it does it always will. The nearer to 0, the slower: x falls as 1/√(8·lr·t). lr·|gradient| < 1 is a"
        " folk rule"
        " and wrong: here 4.26 converges, while 50x² with lr = 0.03 from 0.01 has 0.03 and diverges; what"
        " counts is the"
        " curvature (Goh, Distill 2017)."
    ),
    findings=(
        "From 2.2 with lr 0.1 the first step leads to {from 2.2:x@2:.4f}, the second to {from 2.2:x@3:.4f}:"
        " closer each"
        " time, x is {from 2.2:end_x_1:.4f} after 40 steps. The derivative was {from 2.2:dx@1:.1f} at the start, so"
        " lr·|gradient| was far above 1.",
        "From 2.3 it passes 1e9 at step {from 2.3:exploded:.0f}.",
        "From √5 the factor is −1: x should swing between √5 and −√5 for ever. Rounding decides: error values"
        " from step"
        " {from √5:first_error:.0f} on.",
        "With lr 0.01 from 2.2 x creeps: {slow:end_x_1:.4f} after 40 steps.",
    ),
    shows=(
        Show("from 2.2", _quartic(2.2, 0.1), "Inside the border: it swings and converges."),
        Show("from √5", _quartic(5.0**0.5, 0.1), "On the border: only rounding decides."),
        Show("from 2.3", _quartic(2.3, 0.1), "Outside: it explodes within a few steps."),
        Show("slow", _quartic(2.2, 0.01), "A small learning rate: no swing, and slow near 0."),
    ),
)
