"""The registry of data sets."""

from __future__ import annotations

from .data import Data, Elbow, Graddesc, LinearData, Steps
from .tables import CsvData, Iris

DATASETS: tuple[type[Data], ...] = (Graddesc, Elbow, LinearData, Steps, Iris, CsvData)
