"""Beyond the nine experiments: the published optimizers and the extras side by side, and the Excel 365 edition."""

from __future__ import annotations

from ..variants import (
    Adagrad,
    Adam,
    Adamw,
    ClipNorm,
    Cosine,
    Linear,
    Linear2,
    Nesterov,
    Optimizer,
    Polyak,
    Relu2,
    Rmsprop,
    Sgd,
    StepDecay,
    Variant,
)
from .exhibit import Exhibit, Show


def _run(optimizer: Optimizer) -> Variant:
    return Variant(Linear(), optimizer=optimizer, epochs=5)


_OPTIMIZERS = Exhibit(
    name="optimizers",
    title="Published optimizers side by side",
    question="What do the published optimizers do with the same line, and where do they differ from graddesc's?",
    tries=(
        "Look at the comparison first; then change lr on one sheet and look again.",
        "Compare rmsprop here with graddesc's: it divides by the mean of its own row, not of the row before.",
    ),
    mathematics=(
        "Each computes what torch.optim computes, with torch's defaults but for the learning rates, which suit"
        " the data."
        " Heavy ball: m = β·m + g without the factor 1 − β, stable up to lr·λ = 2 + 2β (Polyak 1964; Goh,"
        " Distill 2017)."
        " Adagrad adds the squares up (Duchi et al., JMLR 2011), RMSprop averages them, Adam averages both and"
        " corrects"
        " the bias of the start (Kingma and Ba, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980)), AdamW lets"
        " weights"
        " decay by themselves (Loshchilov and Hutter, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101))."
    ),
    findings=(
        "√Σe² of the fifth epoch: SGD {sgd:root_sum_error_5:.2f}, heavy ball {polyak:root_sum_error_5:.2f}, Nesterov"
        " {nesterov:root_sum_error_5:.2f}, Adagrad {adagrad:root_sum_error_5:.2f}, RMSprop"
        " {rmsprop:root_sum_error_5:.2f}, Adam {adam:root_sum_error_5:.2f}, AdamW {adamw:root_sum_error_5:.2f}.",
        "Heavy ball with lr 1e-5 walks as graddesc's momentum does with 1e-4, since 1 − β is 0.1.",
        "What moves the intercept towards 30: {rmsprop:end_b_5:.2f} with RMSprop, {adagrad:end_b_5:.2f} with Adagrad,"
        " {sgd:end_b_5:.2f} with SGD.",
    ),
    shows=(
        Show("sgd", _run(Sgd()), "Plain descent, to compare with."),
        Show("polyak", _run(Polyak()), "Heavy ball: the derivatives add up."),
        Show("nesterov", _run(Nesterov()), "Heavy ball that looks ahead."),
        Show("adagrad", _run(Adagrad(lr=1.0)), "Squares add up: steps shrink."),
        Show("rmsprop", _run(Rmsprop(lr=0.1)), "Squares averaged: steps keep their size."),
        Show("adam", _run(Adam(lr=0.1)), "Both averaged, the start corrected."),
        Show("adamw", _run(Adamw(lr=0.1)), "Adam with weights that decay."),
    ),
)

_EXTRAS = Exhibit(
    name="extras",
    title="Batches, clipping, schedules",
    question="What keeps the two neurons from exploding, apart from a smaller learning rate?",
    tries=(
        "Change the limit of the clipping, the size of the batch, the factor of the schedule: all are yellow cells.",
        "With batches the weights change only in rows where the column updates is 1.",
    ),
    mathematics=(
        "Clipping by norm keeps the direction and bounds the step by lr·limit (Pascanu et al.,"
        " [arXiv:1211.5063](https://arxiv.org/abs/1211.5063)). A batch takes the mean of its rows' derivatives:"
        " fewer steps,"
        " and a curvature that is the mean of the rows' instead of the largest. A schedule lowers lr as"
        " training goes on"
        " (cosine: Loshchilov and Hutter, [arXiv:1608.03983](https://arxiv.org/abs/1608.03983))."
    ),
    findings=(
        "Plain: beyond 1e9 at step {plain:exploded:.0f}. Clipped to a norm of 100 it survives: √Σe²"
        " {clipped:root_sum_error_3:.1f} in the third epoch.",
        "Batches of 8 neither explode nor settle: √Σe² {batch of 8:root_sum_error_1:.1f} in the first epoch,"
        " {batch of 8:root_sum_error_3:.1f} in the third. A full batch takes one step an epoch:"
        " {full batch:root_sum_error_1:.1f}, {full batch:root_sum_error_2:.1f}, {full batch:root_sum_error_3:.1f}.",
        "Schedules on one neuron end with lr {step:rate@87:.1e} (step) and {cosine:rate@87:.1e} (cosine).",
    ),
    shows=(
        Show("plain", Variant(Linear2(), epochs=3), "The explosion, to compare with."),
        Show("clipped", Variant(Linear2(), epochs=3, clip=ClipNorm(100.0)), "No step is longer than lr·100."),
        Show("batch of 8", Variant(Linear2(), epochs=3, batch=8), "Weights change every 8 rows; 5 rows are left over."),
        Show("full batch", Variant(Linear2(), epochs=3, batch="full"), "One step an epoch."),
        Show("step", Variant(Linear(), epochs=3, schedule=StepDecay(1, 0.5), shuffle=1), "lr is halved each epoch."),
        Show("cosine", Variant(Linear(), epochs=3, schedule=Cosine(), shuffle=1), "lr follows half a cosine to 0."),
    ),
    picture="clipped",
)

_EXCEL365 = Exhibit(
    name="excel-365",
    title="The whole run in one formula (Excel 365)",
    question="Can a training run be a single formula?",
    tries=(
        "The sheets with one formula need Excel 365 (LET, LAMBDA, REDUCE); the others calculate anywhere.",
        "Change a yellow cell: the one formula and the classic table follow alike.",
    ),
    mathematics=(
        "Training is a fold: the weights after a row are a function of the weights before it and of the row."
        " REDUCE walks"
        " over the rows and stacks what each gives, LET names the parts; the classic sheet does the same a cell"
        " at a time."
    ),
    findings=(
        "One neuron: √Σe² {one neuron:root_sum_error_1:.3f} by the table, and the same by the formula.",
        "ReLU: a is {relu:end_a_1:.6f} after the epoch, both ways.",
    ),
    shows=(
        Show("one neuron", Variant(Linear()), "ŷ = a·x + b, 29 rows, one formula."),
        Show("relu", Variant(Relu2()), "ŷ = c·max(a·x + b, 0) + d, 29 rows, one formula."),
    ),
    picture="one neuron, one formula",
    compare=False,
    one_formula=True,
)

MORE = (_OPTIMIZERS, _EXTRAS, _EXCEL365)
