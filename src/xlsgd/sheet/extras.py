"""Extras told in formulas: batches, clipping, weight decay and the schedules of the learning rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch

from ..variants import Anneal, ClipNorm, Constant, Cosine, Schedule, StepDecay, Variant
from .columns import Column, Group, Setting


@dataclass(slots=True)
class Extras:
    """The groups and settings that extras add; gradients: weight → the key of the derivative that the optimizer takes.

    rate: the key of the learning rate. batches: weights change only where the column ``updates`` says so.
    """

    gradients: dict[str, str]
    groups: list[Group] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    rate: str = "lr"
    batches: bool = False


def make_extras(variant: Variant) -> Extras:
    """The extras of a variant in the order in which they act."""
    extras = Extras({w: f"d{w}" for w in variant.model.weights})
    if variant.batch_rows > 1:
        _batch(extras, variant)
    if variant.clip is not None:
        _clip(extras, variant)
    if variant.weight_decay:
        _weight_decay(extras, variant.weight_decay)
    _schedule(extras, variant)
    return extras


def _batch(extras: Extras, variant: Variant) -> None:
    rows = len(variant.data.rows())
    extras.settings.append(
        Setting("batch", "batch", "rows that make a step", float(variant.batch_rows), low=1.0, high=rows, whole=True)
    )
    place = Column("in_batch", "in batch", "MOD({row}-1,{batch})+1", note="The place of this row in its batch.")
    updates = f"IF(OR({{in_batch}}={{batch}},{{row}}={rows}),1,0)"
    note = "1 on the last row of a batch, where the weights change; 0 in the rows that only add to the mean."
    sums, means = [], []
    for w, g in extras.gradients.items():
        sums.append(
            Column(
                f"sum_{w}",
                f"sum ∂e/∂{w}",
                f"IF({{in_batch}}=1,{{{g}}},{{old sum_{w}}}+{{{g}}})",
                note="The derivatives of this batch so far, added.",
            )
        )
        means.append(Column(f"mean_{w}", f"mean ∂e/∂{w}", f"{{sum_{w}}}/{{in_batch}}", note="Their mean so far."))
    extras.groups += [
        Group("batch", (place, Column("updates", "updates", updates, note=note))),
        Group("derivatives added", tuple(sums)),
        Group("mean of the batch", tuple(means)),
    ]
    extras.gradients = {w: f"mean_{w}" for w in extras.gradients}
    extras.batches = True


def _clip(extras: Extras, variant: Variant) -> None:
    clip = variant.clip
    assert clip is not None
    extras.settings.append(Setting("limit", "limit", f"clipping: {clip.title}", clip.limit, low=0.0))
    template = "MAX(MIN({g},{limit}),-{limit})"
    if isinstance(clip, ClipNorm):
        keys = list(extras.gradients.values())
        norm = Column(
            "norm", "norm", f"SQRT(SUMSQ({{{keys[0]}}}:{{{keys[-1]}}}))", note="The length of all derivatives together."
        )
        scale = Column(
            "scale", "scale", "IF({norm}=0,1,MIN({limit}/{norm},1))", note="What they are multiplied by: 1 or less."
        )
        extras.groups.append(Group("norm", (norm, scale)))
        template = "{g}*{scale}"
    columns = tuple(
        Column(f"clipped_{w}", f"clip ∂e/∂{w}", template.replace("{g}", f"{{{g}}}"), note=f"{clip.title}.")
        for w, g in extras.gradients.items()
    )
    extras.groups.append(Group("clipped derivatives", columns))
    extras.gradients = {w: f"clipped_{w}" for w in extras.gradients}


def _weight_decay(extras: Extras, amount: float) -> None:
    extras.settings.append(Setting("weight_decay", "w decay", "weight decay, pulls weights to 0", amount, low=0.0))
    columns = tuple(
        Column(f"decayed_{w}", f"+ decay {w}", f"{{{g}}}+{{{w}}}*{{weight_decay}}", note="With the pull of the decay.")
        for w, g in extras.gradients.items()
    )
    extras.groups.append(Group("with weight decay", columns))
    extras.gradients = {w: f"decayed_{w}" for w in extras.gradients}


@dataclass(frozen=True, slots=True)
class Rate:
    """What a schedule adds: the columns that end in ``rate``, and its settings."""

    columns: tuple[Column, ...] = ()
    settings: tuple[Setting, ...] = ()


_RATE_NOTE = "The learning rate of this row."


@singledispatch
def rate(schedule: Schedule, variant: Variant) -> Rate:
    """The columns of a schedule. Raises TypeError where it has no rule here."""
    raise TypeError(f"schedule '{schedule.name}' has no rule in xlsgd.sheet.extras")


@rate.register
def _(schedule: Constant, variant: Variant) -> Rate:
    return Rate()


@rate.register
def _(schedule: StepDecay, variant: Variant) -> Rate:
    again = "IF(MOD({epoch}-1,{every})=0,{old rate}*{factor},{old rate})"
    return Rate(
        (Column("rate", "lr now", "{old rate}", first="{lr}", again=again, note=_RATE_NOTE),),
        (
            Setting("every", "every", "epochs between two changes of lr", float(schedule.every), low=1.0, whole=True),
            Setting("factor", "factor", "what lr is then multiplied by", schedule.factor),
        ),
    )


@rate.register
def _(schedule: Cosine, variant: Variant) -> Rate:
    template = "{lr}*(1+COS(PI()*({step}-1)/{total_rows}))/2"
    return Rate(
        (Column("rate", "lr now", template, note=_RATE_NOTE),),
        (Setting("total_rows", "rows", "training rows in all epochs", formula="COUNT({all step})"),),
    )


@rate.register
def _(schedule: Anneal, variant: Variant) -> Rate:
    sizes = "+".join(f"SQRT(SUMSQ({{epoch d{w}}}))/COUNT({{epoch d{w}}})" for w in variant.model.weights)
    grown = "IF(AND({old measure}>0,{measure}>{growth}*{old measure}),{old rate}*{shrink},{old rate})"
    note = "How large the derivatives of the epoch before were, all weights together."
    return Rate(
        (
            Column("measure", "size of ∂e", "{old measure}", again=sizes, start=0.0, note=note),
            Column("rate", "lr now", "{old rate}", first="{lr}", again=grown, note=_RATE_NOTE),
        ),
        (
            Setting("growth", "growth", "lr shrinks where derivatives grow more than so many times", schedule.growth),
            Setting("shrink", "shrink", "what lr is then multiplied by", schedule.shrink),
        ),
    )


def _schedule(extras: Extras, variant: Variant) -> None:
    made = rate(variant.schedule, variant)
    if made.columns:
        extras.groups.append(Group("learning rate", made.columns))
        extras.settings += made.settings
        extras.rate = "rate"
