"""Experiments 1 to 5: one neuron, two neurons, their initial weights, a ReLU, and the learning rate of all of them."""

from __future__ import annotations

from ..variants import Analytic, Central, Forward, LeakyRelu, Linear, Linear2, Model, Relu2, Sgd, Typed, Variant
from .exhibit import Exhibit, Show

ONE_NEURON = Exhibit(
    name="1-one-neuron",
    title="One neuron",
    question="How does a line learn to fit 29 points, one point at a time?",
    tries=(
        "On any sheet change lr to 0.00012: the rows with x = 99 now throw the line further off than it was.",
        "Set the starts of a and b to 2 and 30: the error is 0 from the first row on and nothing moves.",
        "On the sheet with differences change h to 1: the derivatives are off by exactly h·x² and h.",
    ),
    mathematics=(
        "With r = ŷ − y one step on one point gives r' = r·(1 − 2·lr·(x² + 1)), so it comes nearer to the point"
        " as long"
        " as lr < 1/(x² + 1). At x = 99 that limit is 1.0202e-4: the learning rate of 1e-4 stands at 98 % of it. What"
        " decides the fate of an epoch is the spectral radius of the product of I − 2·lr·z·zᵀ over its rows, z"
        " = (x, 1)"
        " (Goh, [Why Momentum Really Works](https://distill.pub/2017/momentum/), 2017). A forward difference of e is"
        " too large by exactly h·x² for the slope and by h for the intercept; a central one is exact up to rounding,"
        " since e is a quadratic."
    ),
    findings=(
        "After one epoch √Σe² is {analytic:root_sum_error_1:.3f}: each error is that of the weights at its row.",
        "With the weights that the epoch ended with it is {analytic:end_root_error_1:.3f}: running and end-of-epoch"
        " measures are two things.",
        "Forward differences end the epoch at {forward:root_sum_error_1:.3f}, central ones at"
        " {central:root_sum_error_1:.3f}.",
        "After five epochs the slope is {analytic:end_a_5:.4f} (2 would be right) and the intercept only"
        " {analytic:end_b_5:.4f} (30 would be right): the short direction of the valley is done, the long one has"
        " hardly begun.",
    ),
    shows=(
        Show("analytic", Variant(Linear(), epochs=5), "Exact derivatives: the error falls and then stays."),
        Show("forward", Variant(Linear(), Forward(), epochs=5), "(e(w + h) − e(w))/h: a little too large, everywhere."),
        Show("central", Variant(Linear(), Central(), epochs=5), "(e(w + h) − e(w − h))/2h: as good as exact here."),
    ),
    picture="analytic",
)

TWO_NEURONS = Exhibit(
    name="2-two-neurons",
    title="Two stacked neurons without an activation",
    question="Why does a second neuron, which cannot do more than the first, blow the training up?",
    tries=(
        "Change lr to 0.00005 on both sheets: the explosion is gone.",
        "Follow the derivatives in the rows before the explosion: their sign changes from row to row.",
        "On the sheet with differences look at the last rows: weights near 1E+15, and w + 0.01 is w.",
    ),
    mathematics=(
        "With h = a·x + b a step changes the residual to"
        " r' = r·[1 − 2·lr·(c²(x² + 1) + h² + 1) + 4·lr²·r·h·c·(x² + 1)]. The second term is the Gauss–Newton"
        " curvature, the third the catapult term (Lewkowycz et al.,"
        " [arXiv:2003.02218](https://arxiv.org/abs/2003.02218);"
        " Cohen et al., [arXiv:2103.00065](https://arxiv.org/abs/2103.00065)). The limit of the learning rate thus"
        " depends on the weights and moves while they are trained. Differences stop the explosion by accident:"
        " once half"
        " the distance between neighbouring numbers at w is above h, w + h is w and the quotient is exactly 0."
    ),
    findings=(
        "Forward differences: the error is {forward:error@28:.1e} at step 28 and {forward:error@29:.1e} at step"
        " 29; in"
        " the second epoch every derivative is {forward:da@58:.0f} and the weights stay where they are, a at"
        " {forward:end_a_2:.3e}. No cell shows an error value.",
        "Exact derivatives: the error passes 1e9 at step {analytic:exploded:.0f} and is an error value from step"
        " {analytic:first_error:.0f} on.",
    ),
    shows=(
        Show("forward", Variant(Linear2(), Forward(), epochs=2), "Explodes, then freezes: no error value at all."),
        Show("analytic", Variant(Linear2(), epochs=2), "Explodes and overflows: #NUM! from there on."),
    ),
    picture="forward",
)

_TENTHS = Typed((0.1, 0.1, 0.1, 0.1))
_NEAR = Typed((1.4, 10.0, 1.4, 16.0))

INITIAL_WEIGHTS = Exhibit(
    name="3-initial-weights",
    title="Better initial weights",
    question="Do better initial weights save the two neurons?",
    tries=(
        "Type other starts into the yellow cells above the first row and watch the step at which it explodes.",
        "Start from 1.4, 10, 1.4, 16 and raise lr: where does the good start stop to help?",
    ),
    mathematics=(
        "What must stay below 2 is lr times the curvature c²(x² + 1) + h² + 1, doubled; the data allow it at"
        " most while"
        " x is 99. Small weights buy time, since c and h are small at first, but training itself makes them"
        " grow until"
        " a·c is near 2. A start near the answer leaves r small, and with it every step (Glorot and Bengio, AISTATS"
        " 2010, on why the scale of the start matters; Lewkowycz et al.,"
        " [arXiv:2003.02218](https://arxiv.org/abs/2003.02218), on large steps)."
    ),
    findings=(
        "All weights 1: beyond 1e9 at step {ones:exploded:.0f}.",
        "All weights 0.1: the first epoch survives with √Σe² {tenths:root_sum_error_1:.1f}, the second explodes"
        " at step"
        " {tenths:exploded:.0f} and ends in error values.",
        "With differences the same start survives two epochs and passes 1e9 at step {tenths, forward:exploded:.0f}.",
        "Near the answer nothing explodes: √Σe² {near:root_sum_error_1:.2f} after one epoch,"
        " {near:root_sum_error_3:.2f} after three.",
    ),
    shows=(
        Show("ones", Variant(Linear2(), epochs=3), "All weights 1: gone before the first epoch is over."),
        Show("tenths", Variant(Linear2(), init=_TENTHS, epochs=3), "All weights 0.1: one good epoch, then the end."),
        Show(
            "tenths, forward",
            Variant(Linear2(), Forward(), init=_TENTHS, epochs=3),
            "The same with differences: it takes one epoch longer.",
        ),
        Show("near", Variant(Linear2(), init=_NEAR, epochs=3), "Near the answer: it stays and improves."),
    ),
)

RELU = Exhibit(
    name="4-relu",
    title="A ReLU on the first neuron",
    question="With a ReLU nothing explodes. Has it learnt something?",
    tries=(
        "Scroll down the column of the ReLU: grey cells are 0. Once all are grey, only d still moves.",
        "Change lr to 0.00001: the unit lives and the error goes down.",
        "Compare with the leaky ReLU, which lets a hundredth of the slope through and comes back.",
    ),
    mathematics=(
        "Where z = a·x + b ≤ 0 the ReLU hands on 0 and no derivative passes back: a, b and c stand still. Once"
        " that holds"
        " for every row it holds for ever; the unit is dead (Lu et al.,"
        " [arXiv:1903.06733](https://arxiv.org/abs/1903.06733)). What is left is ŷ = d, which goes to the mean"
        " of y. Three"
        " weights that no longer change have not found their optimum."
    ),
    findings=(
        "√Σe² is {analytic:root_sum_error_1:.1f} in the first epoch and still {analytic:root_sum_error_3:.1f} in the"
        " third; one neuron alone does better in its first.",
        "The unit dies with a = {analytic:end_a_1:.4f}; two epochs later a is {analytic:end_a_3:.4f}. d has gone from"
        " {analytic:end_d_1:.4f} to {analytic:end_d_3:.4f}.",
        "With forward differences it dies with a = {forward:end_a_1:.4f}.",
        "A leaky ReLU recovers: √Σe² {leaky:root_sum_error_3:.1f} in the third epoch and still falling.",
    ),
    shows=(
        Show("analytic", Variant(Relu2(), epochs=3), "No explosion, and no learning: the unit is dead."),
        Show("forward", Variant(Relu2(), Forward(), epochs=3), "The same with differences."),
        Show("leaky", Variant(Relu2(LeakyRelu()), epochs=3), "A leaky ReLU comes back from the same blow."),
    ),
    picture="analytic",
)

_RATES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)


def _ladder(model: Model, name: str) -> tuple[Show, ...]:
    return tuple(
        Show(f"{name} {rate:.0e}".replace("e-0", "e-"), Variant(model, Analytic(), Sgd(lr=rate), epochs=2), about)
        for rate, about in zip(_RATES, _FATES[name], strict=True)
    )


_FATES = {
    "linear": ("slow", "good", "as fast as it can", "explodes", "explodes at once"),
    "linear2": ("slow", "good", "explodes, overflows", "overflows", "overflows at once"),
    "relu2": ("slow", "good", "the unit dies", "the unit dies early", "the unit dies after one wild step"),
}

_LADDERS = {
    "all of linear": _ladder(Linear(), "linear"),
    "all of linear2": _ladder(Linear2(), "linear2"),
    "all of relu2": _ladder(Relu2(), "relu2"),
}

LEARNING_RATES = Exhibit(
    name="5-learning-rates",
    title="Learning rates from 1e-6 to 1e-2",
    question="Which learning rate is right for each of the three models?",
    tries=(
        "Start with the comparison: each line is one learning rate, the scale is logarithmic.",
        "Change lr on one sheet to something between its neighbours and look for the border.",
    ),
    mathematics=(
        "Gradient descent on a quadratic of curvature λ is stable if lr·λ < 2 (Goh, Distill 2017). For one neuron the"
        " largest curvature of a row is 2·(99² + 1), hence the limit near 1.02e-4; for two neurons it depends on the"
        " weights; with a ReLU it falls to 2 once the unit is dead, and nothing is left that could explode. That"
        " lr·|gradient| < 1 decides is a folk rule and wrong, see the workbook on x⁴."
    ),
    findings=(
        "One neuron, √Σe² of the second epoch: {linear 1e-6:root_sum_error_2:.1f} at 1e-6,"
        " {linear 1e-5:root_sum_error_2:.1f} at 1e-5, {linear 1e-4:root_sum_error_2:.1f} at 1e-4,"
        " {linear 1e-3:root_sum_error_2:.1e} at 1e-3.",
        "Two neurons: {linear2 1e-6:root_sum_error_2:.1f} at 1e-6, {linear2 1e-5:root_sum_error_2:.1f} at 1e-5;"
        " at 1e-4"
        " beyond 1e9 at step {linear2 1e-4:exploded:.0f}, at 1e-2 at step {linear2 1e-2:exploded:.0f}.",
        "With a ReLU: {relu2 1e-6:root_sum_error_2:.1f} and {relu2 1e-5:root_sum_error_2:.1f}, the same to the last"
        " digit, as long as the unit lives; at 1e-4 {relu2 1e-4:root_sum_error_2:.1f}: dead.",
    ),
    shows=tuple(show for ladder in _LADDERS.values() for show in ladder),
    groups=tuple((name, tuple(show.sheet for show in ladder)) for name, ladder in _LADDERS.items()),
    picture="all of linear2",
)
