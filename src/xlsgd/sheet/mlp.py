"""Dense layers told in formulas; the columns and their names as in the docstring of ``Mlp``."""

from __future__ import annotations

from ..variants import Mlp
from .activations import shape
from .columns import rename
from .models import Part, Recipe, recipe

_ERRORS = {"mse": "e = Σ (p − y)²", "cross-entropy": "e = −ln(p of the true class)"}


@recipe.register
def _(model: Mlp) -> Recipe:
    classes = range(1, model.widths[-1] + 1)
    truth = "+".join(f"{{p_{k}}}*{{y{k}}}" for k in classes)
    squares = "+".join(f"({{p_{k}}}-{{y{k}}})^2" for k in classes)
    act = shape(model.activation)
    steps = tuple(part for layer in range(1, len(model.layers) + 1) for part in _layer(model, layer))
    return Recipe(
        equation=f"softmax of {len(model.layers)} layers, {' → '.join(str(width) for width in model.widths)} units",
        error_text=_ERRORS[model.loss],
        steps=(*steps, _softmax(model)),
        error=squares if model.loss == "mse" else f"-LN({truth})",
        derivatives={weight: _derivative(weight, *_place(model, weight)) for weight in model.weights},
        after={"hit": f"IF(MAX({{p_1}}:{{p_{model.widths[-1]}}})-({truth})>0,0,1)"},
        backward=tuple(_backward(model)),
        told=_told(model),
        settings=act.settings if len(model.widths) > 2 else (),
        weight_groups=tuple(
            (f"weights and biases of layer {layer}", tuple(w for w in model.weights if _place(model, w)[0] == layer))
            for layer in range(1, len(model.layers) + 1)
        ),
        in_full=False,
    )


def _inputs(model: Mlp, layer: int) -> list[str]:
    """The keys of what goes into a layer."""
    count = model.layers[layer - 1][0]
    if layer == 1:
        return ["x"] if count == 1 else [f"x{j}" for j in range(1, count + 1)]
    return [f"h{layer - 1}_{j}" for j in range(1, count + 1)]


def _layer(model: Mlp, layer: int) -> list[Part]:
    """Pre-activations and, in a hidden layer, what the activation makes of them."""
    units = range(1, model.layers[layer - 1][1] + 1)
    terms = {i: [f"{{w{layer}_{i}{j}}}*{{{key}}}" for j, key in enumerate(_inputs(model, layer), 1)] for i in units}
    templates = {f"z{layer}_{i}": "+".join([*terms[i], f"{{b{layer}_{i}}}"]) for i in units}
    if layer < len(model.layers):
        act = shape(model.activation)
        if act.inner:
            templates |= {f"u{layer}_{i}": rename(act.inner, _keys(layer, i)) for i in units}
        templates |= {f"h{layer}_{i}": rename(act.value, _keys(layer, i)) for i in units}
    return [Part(f"layer {layer}", templates)]


def _softmax(model: Mlp) -> Part:
    classes, last = range(1, model.widths[-1] + 1), len(model.layers)
    templates = {f"exp_{k}": f"EXP({{z{last}_{k}}})" for k in classes}
    templates["exp_sum"] = "+".join(f"{{exp_{k}}}" for k in classes)
    return Part("softmax, error", templates | {f"p_{k}": f"{{exp_{k}}}/{{exp_sum}}" for k in classes})


def _backward(model: Mlp) -> list[Part]:
    """The derivatives of the error by every pre-activation, from the last layer to the first."""
    classes, last = range(1, model.widths[-1] + 1), len(model.layers)
    if model.loss == "mse":
        templates = {f"r_{k}": f"{{p_{k}}}-{{y{k}}}" for k in classes}
        templates["rp"] = "+".join(f"{{r_{k}}}*{{p_{k}}}" for k in classes)
        templates |= {f"dz{last}_{k}": f"2*{{p_{k}}}*({{r_{k}}}-{{rp}})" for k in classes}
    else:
        templates = {f"dz{last}_{k}": f"{{p_{k}}}-{{y{k}}}" for k in classes}
    hidden = [_back_through(model, layer) for layer in range(last - 1, 0, -1)]
    return [Part(f"back to layer {last}", templates), *hidden]


def _back_through(model: Mlp, layer: int) -> Part:
    units, above = range(1, model.widths[layer] + 1), range(1, model.widths[layer + 1] + 1)
    act, up = shape(model.activation), layer + 1
    templates = {f"dh{layer}_{j}": "+".join(f"{{dz{up}_{i}}}*{{w{up}_{i}{j}}}" for i in above) for j in units}
    if act.slope:
        templates |= {f"s{layer}_{j}": rename(act.slope, _keys(layer, j)) for j in units}
        templates |= {f"dz{layer}_{j}": f"{{dh{layer}_{j}}}*{{s{layer}_{j}}}" for j in units}
    else:
        templates |= {f"dz{layer}_{j}": f"IF({{z{layer}_{j}}}>0,{{dh{layer}_{j}}},0)" for j in units}
    return Part(f"back to layer {layer}", templates)


def _keys(layer: int, unit: int) -> dict[str, str]:
    return {short: f"{short}{layer}_{unit}" for short in "zuh"}


def _place(model: Mlp, weight: str) -> tuple[int, int, str]:
    """Layer, unit and the key of the input that a weight multiplies (empty for a bias)."""
    head, _, tail = weight.partition("_")
    layer, unit = int(head[1:]), int(tail[0])
    return layer, unit, _inputs(model, layer)[int(tail[1]) - 1] if head[0] == "w" else ""


def _derivative(weight: str, layer: int, unit: int, key: str) -> str:
    return f"{{dz{layer}_{unit}}}*" + (f"{{{key}}}" if key else "1")


def _told(model: Mlp) -> dict[str, tuple[str, str]]:
    told = {"exp_sum": ("sum of e^z", "What the exponentials are divided by."), "rp": ("Σ r·p", "Sum of r·p.")}
    told["hit"] = ("hit", "1 where no class is likelier than the true one, else 0.")
    for k in range(1, model.widths[-1] + 1):
        told[f"exp_{k}"] = (f"e^z {k}", f"The exponential of the last layer's z of class {k}.")
        told[f"p_{k}"] = (f"p {k}", f"The probability that the network gives to class {k}.")
        told[f"r_{k}"] = (f"r {k}", f"The residual of class {k}: its probability minus its target.")
    for layer, (_, units) in enumerate(model.layers, 1):
        for i in range(1, units + 1):
            unit = f"unit {i} of layer {layer}"
            told[f"z{layer}_{i}"] = (f"z{layer}_{i}", f"Before the activation of {unit}.")
            told[f"u{layer}_{i}"] = (f"u{layer}_{i}", f"The tanh inside the GELU of {unit}.")
            told[f"h{layer}_{i}"] = (f"h{layer}_{i}", f"What {unit} hands on.")
            told[f"dh{layer}_{i}"] = (f"∂e/∂h{layer}_{i}", f"How the error changes with what {unit} hands on.")
            told[f"s{layer}_{i}"] = (f"slope{layer}_{i}", f"How steep the activation of {unit} is at its z.")
            told[f"dz{layer}_{i}"] = (f"∂e/∂z{layer}_{i}", f"How the error changes with the z of {unit}.")
    return told
