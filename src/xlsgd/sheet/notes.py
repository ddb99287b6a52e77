"""The sentences on top of a sheet."""

from __future__ import annotations

from ..variants import Constant, Ones, Typed, Variant
from .table import Table


def title(variant: Variant, table: Table) -> str:
    """What is trained, and how."""
    return (
        f"{variant.model.title}: {table.recipe.equation}, trained by {variant.optimizer.title}"
        f" with {variant.gradient.title}"
    )


def what(variant: Variant, table: Table) -> str:
    """What a row does."""
    begin = "predict y from x, measure" if variant.data.inputs else "measure"
    return (
        f"Each row is one training row: {begin} the error {table.recipe.error_text}, take its derivatives, update each"
        f" weight to {table.update.text}."
    )


def how(variant: Variant) -> str:
    """What is trained on, which extras there are, and how to use the sheet."""
    epochs = "1 epoch" if variant.epochs == 1 else f"{variant.epochs} epochs, one below the other"
    data = f"Data: {variant.data.title}; {epochs}." if variant.data.inputs else f"{len(variant.rows())} steps."
    return f"{data}{_extras(variant)} Change a yellow cell and everything follows."


def legend(table: Table) -> str:
    """What the settings' short names mean."""
    return "; ".join(f"{setting.label}: {setting.text}" for setting in table.settings if not setting.formula)


def _extras(variant: Variant) -> str:
    told = []
    if not isinstance(variant.init, Ones | Typed):
        told.append(f"Initial weights: {variant.init.text()} (the last number is the seed).")
    if variant.batch_rows > 1:
        told.append(f"Weights change after every {variant.batch_rows} rows.")
    if variant.shuffle is not None:
        told.append(f"Rows shuffled with the seed {variant.shuffle}.")
    if variant.clip is not None:
        told.append(f"Clipping: {variant.clip.title}.")
    if not isinstance(variant.schedule, Constant):
        told.append(f"Schedule: {variant.schedule.title}.")
    return "".join(f" {one}" for one in told)
