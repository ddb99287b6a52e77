"""The options that say what is trained and how, shared by the commands that make a variant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _number(name: str, help_text: str, default: str) -> Callable[[Command], Command]:
    return click.option(f"--{name}", type=float, metavar="NUMBER", help=f"{help_text}  [{default}]")


TRAINING = (
    click.option("--gradient", default="analytic", show_default=True, help="analytic, forward, central."),
    click.option("--optimizer", default="sgd", show_default=True, help="How weights change: sgd, momentum, adam …"),
    click.option("--init", help="ones, values:1,0.5,…, uniform:LO,HI, normal:SIGMA, he, glorot.  [ones; mlp: uniform]"),
    click.option("--data", help="graddesc, elbow, linear:N,SEED, iris, steps:N, a CSV file.  [what suits the model]"),
    click.option("--epochs", default=1, show_default=True, type=int, help="How often the data are gone through."),
    click.option("--activation", help="Of the hidden units of relu2 and mlp: relu, tanh, sigmoid …  [relu]"),
    click.option("--hidden", metavar="WIDTHS", help="Hidden layers of mlp: 3, 8-4, none.  [3]"),
    click.option("--loss", help="Of mlp: mse, cross-entropy.  [mse]"),
    click.option("--batch", default="1", show_default=True, help="Rows a step, or full."),
    click.option("--shuffle", is_flag=True, help="Take the rows in another order each epoch, drawn under --seed."),
    click.option("--clip", metavar="LIMIT", help="Hold each derivative between -LIMIT and LIMIT.  [no clipping]"),
    click.option("--clip-norm", type=float, metavar="LIMIT", help="Shorten the gradient to LIMIT.  [no clipping]"),
    click.option("--schedule", help="Of the learning rate: constant, step:EVERY,FACTOR, cosine, anneal.  [constant]"),
    click.option("--anneal", is_flag=True, help="The workbook's own schedule, as --schedule anneal."),
    click.option(
        "--weight-decay", type=float, default=0.0, show_default=True, help="A share of w, added to its derivative."
    ),
    click.option("--seed", type=int, help="For all that is drawn and names no seed of its own.  [0]"),
    _number("lr", "Learning rate.", "the optimizer's"),
    _number("h", "Step of a difference quotient.", "0.01"),
    _number("beta", "Share of the old mean that stays: momentum, polyak, nesterov, rmsprop-graddesc.", "0.9"),
    _number("beta1", "The same of Adam's and Eve's first mean.", "0.9; -graddesc: 0.7"),
    _number("beta2", "The same of their second mean.", "0.999; -graddesc: 0.9"),
    _number("beta3", "The same of Eve's divisor.", "0.9"),
    _number("alpha", "The same of rmsprop's mean.", "0.99"),
    _number("epsilon", "Added to a root: adagrad, rmsprop, adam, adamw.", "1e-8; adagrad: 1e-10"),
    _number("decay", "Weight decay of adamw.", "0.01"),
    _number("leak", "Slope of leaky-relu below 0.", "0.01"),
)


def training(command: Command) -> Command:
    """Give a command the options of a training."""
    for option in reversed(TRAINING):
        command = option(command)
    return command
