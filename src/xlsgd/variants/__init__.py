"""The vocabulary: models, gradients, optimizers, inits, data sets, and Variant, their product. No NumPy, no Excel."""

from .data import DATASETS, Data, Graddesc, LinearData
from .gradients import GRADIENTS, Analytic, Forward, Gradient
from .inits import INITS, Init, Ones, Typed
from .models import MODELS, Linear, Linear2, Model, Relu2
from .optimizers import OPTIMIZERS, AdamGraddesc, Momentum, Optimizer, Sgd
from .parse import find, parse_data, parse_init
from .variant import Variant

__all__ = [
    "DATASETS",
    "GRADIENTS",
    "INITS",
    "MODELS",
    "OPTIMIZERS",
    "AdamGraddesc",
    "Analytic",
    "Data",
    "Forward",
    "Graddesc",
    "Gradient",
    "Init",
    "Linear",
    "Linear2",
    "LinearData",
    "Model",
    "Momentum",
    "Ones",
    "Optimizer",
    "Relu2",
    "Sgd",
    "Typed",
    "Variant",
    "find",
    "parse_data",
    "parse_init",
]
