"""Experiment 9: a small classifier from scratch."""

from __future__ import annotations

from ..variants import Init, Iris, Mlp, Normal, Relu, Sgd, Sigmoid, Uniform, Variant
from ..variants.activations import Activation
from .exhibit import Exhibit, Show

_ROWS, _EPOCHS = 30, 3


def _run(activation: Activation, loss: str, init: Init, lr: float) -> Variant:
    model = Mlp((4, 3, 3), activation, loss)
    return Variant(model, optimizer=Sgd(lr=lr), init=init, data=Iris(_ROWS), epochs=_EPOCHS)


CLASSIFIER = Exhibit(
    name="9-classifier",
    title="A small classifier from scratch",
    question="Why does the error of a classifier sometimes stay the same, epoch after epoch?",
    tries=(
        "On the stuck sheet change lr from 1 to 0.01, a hundredth: the error begins to fall.",
        "Look at the columns p 1 to p 3 of a stuck sheet: one of them is 1, the others are 0 to many digits.",
        "Type other initial weights above the first row, or generate the sheet anew with another seed.",
    ),
    mathematics=(
        "With g = p − y the derivative of the squared error by the last layer's z is 2p∘(g − ⟨g, p⟩). It"
        " vanishes as p"
        " saturates, also where p is wrong: a plateau, not a divergence. Cross-entropy has p − y there and does not"
        " vanish. ReLU units that are 0 on every row add dead weights (Lu et al.,"
        " [arXiv:1903.06733](https://arxiv.org/abs/1903.06733)). How large a start may be depends on the width of the"
        " layers: each multiplies the second moment by n·Var(W)/2 (He et al.,"
        " [arXiv:1502.01852](https://arxiv.org/abs/1502.01852); Glorot and Bengio, AISTATS 2010; for exploding"
        " derivatives Pascanu et al., [arXiv:1211.5063](https://arxiv.org/abs/1211.5063))."
    ),
    findings=(
        "ReLU, U[−1, 1], lr 1: the mean error is {stuck:mean_error_1:.4f}, {stuck:mean_error_2:.4f} and"
        " {stuck:mean_error_3:.4f} in the three epochs; {stuck:hits_3:.0f} of 30 rows are right, those of one class.",
        "The same with lr 0.01: {slower:mean_error_1:.3f}, {slower:mean_error_2:.3f}, {slower:mean_error_3:.3f}. It"
        " starts to learn.",
        "Sigmoid, U[0, 1]: {sigmoid U01:mean_error_1:.3f} in the first epoch and {sigmoid U01:mean_error_3:.3f}"
        " in the third;"
        " with normal weights {sigmoid normal:mean_error_1:.3f} and {sigmoid normal:mean_error_3:.3f}.",
        "Cross-entropy and U[−0.5, 0.5]: {cross-entropy:mean_error_1:.3f} falls to {cross-entropy:mean_error_3:.3f},"
        " {cross-entropy:hits_3:.0f} of 30 right.",
    ),
    shows=(
        Show("stuck", _run(Relu(), "mse", Uniform(-1.0, 1.0, 0), 1.0), "ReLU, U[−1, 1], lr 1: saturated, a plateau."),
        Show("slower", _run(Relu(), "mse", Uniform(-1.0, 1.0, 0), 0.01), "The same a hundred times slower: it learns."),
        Show(
            "sigmoid U01",
            _run(Sigmoid(), "mse", Uniform(0.0, 1.0, 0), 0.1),
            "Sigmoid, U[0, 1]: all units near 1, all alike.",
        ),
        Show("sigmoid normal", _run(Sigmoid(), "mse", Normal(1.0, 0), 0.1), "Sigmoid, normal: units differ."),
        Show(
            "cross-entropy",
            _run(Relu(), "cross-entropy", Uniform(-0.5, 0.5, 0), 0.1),
            "ReLU, U[−½, ½], cross-entropy: no plateau.",
        ),
    ),
)
