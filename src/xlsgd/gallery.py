"""The gallery: the workbooks that ``xlsgd demo`` makes, and what stands in them."""

from __future__ import annotations

from .variants import GRADIENTS, MODELS, OPTIMIZERS, Variant

EPOCHS = 3


def gallery() -> dict[str, list[Variant]]:
    """File name → variants, one sheet each: a workbook a model, every gradient with every optimizer.

    ``linear2`` with ``sgd`` is the famous explosion: with forward differences the weights freeze at 1e15 without an
    error value, with exact derivatives everything overflows two rows into the second epoch.
    """
    return {
        f"{model.name}.xlsx": [
            Variant(model, gradient, optimizer, epochs=EPOCHS) for optimizer in OPTIMIZERS for gradient in GRADIENTS
        ]
        for model in MODELS
    }
