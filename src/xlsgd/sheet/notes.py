"""The sentences on top of a sheet."""

from __future__ import annotations

from ..variants import Variant
from .table import Table


def title(variant: Variant, table: Table) -> str:
    """What is trained, and how."""
    return (
        f"{variant.model.title}: {table.recipe.equation}, trained by {variant.optimizer.title}"
        f" with {variant.gradient.title}"
    )


def what(variant: Variant, table: Table) -> str:
    """What the sheet shows."""
    epochs = "1 epoch" if variant.epochs == 1 else f"{variant.epochs} epochs, one below the other"
    return (
        f"Each row is one training step: predict y from x, measure the error {table.recipe.error_text}, take its"
        f" derivatives, update each weight to {table.update.text}. Data: {variant.data.title}; {epochs}."
    )


def how(table: Table) -> str:
    """How to use it, and what the settings' short names mean."""
    settings = "; ".join(f"{setting.label}: {setting.text}" for setting in table.settings if not setting.formula)
    return f"Change a yellow cell and everything follows; charts stand to the right of the table. {settings}."
