"""The nine experiments, a workbook each."""

from __future__ import annotations

from .classifier import CLASSIFIER
from .descent import COLLAPSE, ELBOW, QUARTIC
from .neurons import INITIAL_WEIGHTS, LEARNING_RATES, ONE_NEURON, RELU, TWO_NEURONS

EXPERIMENTS = (
    ONE_NEURON,
    TWO_NEURONS,
    INITIAL_WEIGHTS,
    RELU,
    LEARNING_RATES,
    ELBOW,
    COLLAPSE,
    QUARTIC,
    CLASSIFIER,
)
