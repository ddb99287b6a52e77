"""The sheets of graddesc.xlsm rebuilt: each optimizer as that workbook computes it."""

from __future__ import annotations

from ..variants import (
    AdagradEpoch,
    AdamGraddesc,
    Anneal,
    EveGraddesc,
    Linear,
    Momentum,
    Optimizer,
    RmspropGraddesc,
    Sgd,
    Variant,
)
from .exhibit import Exhibit, Show

_EPOCHS, _MORE_EPOCHS = 5, 8


def _run(optimizer: Optimizer) -> Variant:
    return Variant(Linear(), optimizer=optimizer, epochs=_EPOCHS)


def _annealed(optimizer: Optimizer, schedule: Anneal) -> Variant:
    return Variant(Linear(), optimizer=optimizer, schedule=schedule, epochs=_MORE_EPOCHS)


GRADDESC = Exhibit(
    name="graddesc",
    title="graddesc.xlsm rebuilt",
    question="What do momentum, Adagrad, RMSprop, Adam and Eve do with the same 29 points?",
    tries=(
        "No macros are needed: where the original copies weights and states back to the top, epochs continue downward.",
        "Compare the sheets on one chart, then change lr or β on one of them.",
        "Type the weights and states that the original stands at into the yellow cells: its numbers appear, to"
        " the bit.",
    ),
    mathematics=(
        "The workbook that fast.ai made for a lesson (Apache-2.0) has its own forms: momentum averages the"
        " derivatives,"
        " its Adagrad sets a step size once an epoch, RMSprop divides by the mean of the row before, Adam has no bias"
        " correction and no ε, Eve divides Adam's step by a measure of how much the loss changes. The published forms"
        " are in the workbook on optimizers (Duchi et al., JMLR 2011; Kingma and Ba,"
        " [arXiv:1412.6980](https://arxiv.org/abs/1412.6980); Koushik and Hayashi,"
        " [arXiv:1611.01505](https://arxiv.org/abs/1611.01505)). Averaged momentum is stable up to"
        " lr·λ = 2(1 + β)/(1 − β), plain descent up to 2 (Goh, Distill 2017). Adam with these settings is"
        " chaotic: one"
        " unit in the last place grows past 0.01 within some hundred rows. The annealing sheets halve or"
        " quarter lr when"
        " the derivatives have grown; their macros do it with a button, here it is a column."
    ),
    findings=(
        "√Σe² of the first epoch: basic SGD {basic SGD:root_sum_error_1:.3f}, momentum"
        " {momentum:root_sum_error_1:.3f},"
        " Adagrad {adagrad:root_sum_error_1:.3f}, RMSprop {rmsprop:root_sum_error_1:.3f}, Adam"
        " {adam:root_sum_error_1:.3f}, Eve {eve:root_sum_error_1:.3f}.",
        "Intercepts after five epochs (30 would be right): basic SGD {basic SGD:end_b_5:.2f}, RMSprop"
        " {rmsprop:end_b_5:.2f}, Adam {adam:end_b_5:.2f}, Eve {eve:end_b_5:.2f}.",
        "adagrad_ann begins with lr 0.1 and ends with {adagrad_ann:rate@232:.4f}, adam_ann begins with 1 and"
        " ends with"
        " {adam_ann:rate@232:.4f}.",
    ),
    shows=(
        Show("basic SGD", _run(Sgd()), "w − lr·g, nothing else."),
        Show("momentum", _run(Momentum()), "Steps along an average of the derivatives."),
        Show("adagrad", _run(AdagradEpoch()), "A step size for each weight, set anew once an epoch."),
        Show("rmsprop", _run(RmspropGraddesc()), "Divides by the root of the mean square, that of the row before."),
        Show("adam", _run(AdamGraddesc()), "Momentum over RMSprop; β1 0.7, β2 0.9, lr 1."),
        Show("eve", _run(EveGraddesc()), "Adam, divided by how much the loss changes from epoch to epoch."),
        Show("adagrad_ann", _annealed(AdagradEpoch(lr=0.1), Anneal(2.0, 0.5)), "lr is halved when derivatives grow."),
        Show(
            "adam_ann",
            _annealed(AdamGraddesc(beta1=0.9, beta2=0.95), Anneal(1.0, 0.25)),
            "lr is quartered when derivatives grow; β1 0.9, β2 0.95.",
        ),
    ),
    data_sheet=True,
)
