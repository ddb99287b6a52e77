"""The network that suits a data set."""

from __future__ import annotations

from .activations import Activation, Relu
from .data import Data
from .models import Mlp
from .tables import CsvData


def network(
    data: Data, hidden: tuple[int, ...] = (3,), activation: Activation | None = None, loss: str = "mse"
) -> tuple[Mlp, Data]:
    """A network with as many inputs and classes as the data have, and the data with classes.

    A CSV file whose last column holds numbers is taken as one of classes. Raises UsageError.
    """
    if isinstance(data, CsvData) and not data.classes:
        data = data.as_classes()
    widths = (len(data.inputs), *hidden, len(data.targets))
    return Mlp(widths, activation or Relu(), loss), data
