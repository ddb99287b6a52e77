"""Words in headings, in several languages: what a person calls the parts of a training."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORDS: dict[str, tuple[str, ...]] = {
    "learning rate": (
        "lr", "learn", "learning rate", "learning_rate", "learningrate", "eta", "η", "lernrate", "schrittweite",
        "taux d apprentissage", "taux", "tasa de aprendizaje", "tasa", "step size", "stepsize", "alpha", "α", "rate",
        "leersnelheid", "tasso di apprendimento", "taxa de aprendizado",
    ),
    "error": (
        "err", "error", "loss", "err^2", "error^2", "err²", "error²", "e", "e²", "e^2", "sq err", "sqerr", "se",
        "squared error", "cost", "mse", "fehler", "fehler²", "verlust", "kosten", "erreur", "perte", "coût", "cout",
        "pérdida", "perdida", "coste", "costo", "errore", "perdita", "erro", "fout", "verlies", "quadratischer fehler",
        "likelihood", "entropy",
        "entropie", "entropía", "logloss", "nll", "bce", "sse", "quadrat", "err2", "ce", "kreuzentropie",
        "erreur²", "error cuadrático", "j", "l",
    ),
    "prediction": (
        "pred", "prediction", "predicted", "y_pred", "ypred", "y hat", "yhat", "y_hat", "ŷ", "ŷ", "output", "out",
        "vorhersage", "prognose", "schätzung", "prédiction", "prevision", "prévision", "predicción", "prediccion",
        "previsione", "previsão", "voorspelling", "model", "modell", "modèle", "fit", "forecast", "estimate", "f(x)",
        "y'", "y est",
    ),
    "residual": (
        "r", "res", "resid", "residual", "diff", "difference", "residuum", "differenz", "abweichung", "résidu",
        "residuo", "delta", "ŷ-y", "pred-y", "y-pred", "ŷ−y",
    ),
    "target": (
        "y", "target", "actual", "label", "truth", "ziel", "zielwert", "soll", "cible", "objetivo", "obiettivo",
        "alvo", "doel", "observed", "t", "true", "y true", "y_true", "price", "sales", "istwert",
    ),
    "input": ("x", "input", "feature", "eingabe", "entrée", "entree", "entrada", "ingresso", "invoer", "x1", "x2"),
    "derivative": (
        "grad", "gradient", "derivative", "slope of", "ableitung", "dérivée", "derivee", "gradiente", "derivada",
        "derivata", "steigung", "∂", "de/d", "dl/d", "dj/d", "d_", "afgeleide",
    ),
    "weight": (
        "w", "b", "a", "m", "c", "weight", "bias", "slope", "intercept", "gewicht", "gewichte", "achsenabschnitt",
        "poids", "biais", "pente", "peso", "pesos", "sesgo", "pendiente", "theta", "θ", "param", "parameter", "const",
        "coefficient", "coef", "const", "w0", "w1", "w2", "theta0", "theta1",
    ),
    "update": ("new", "neu", "neue", "nouveau", "nouvelle", "nuevo", "nueva", "nuovo", "updated", "next", "update",
               "novo"),
    "step": ("step", "iter", "iteration", "schritt", "étape", "etape", "paso", "passo", "it", "n", "i", "k", "row", "#",
             "nr", "no", "stap", "sample", "t"),
    "epoch": ("epoch", "epoche", "époque", "epoque", "época", "epoca", "tijdvak"),
    "state": ("momentum", "velocity", "moment", "m", "v", "vel", "impuls", "geschwindigkeit", "vitesse", "velocidad",
              "cache", "ema", "avg", "mean grad", "power"),
    "perturbed": ("bump", "bumped", "+h", "perturbed", "+eps", "plus h", "h)"),
    "h": ("h", "delta", "δ", "dx", "dw", "step h", "bump", "ε", "epsilon", "eps"),
    "beta": ("beta", "β", "momentum", "mu", "γ", "gamma", "decay", "rho", "ρ", "alpha", "μ"),
    "epsilon": ("eps", "epsilon", "ε"),
}  # fmt: skip
_TELLING = {  # words that hardly stand on a sheet that trains nothing
    "gradient", "grad", "gradiente", "learning rate", "lernrate", "loss", "epoch", "weight", "weights", "bias",
    "prediction", "pred", "lr", "learn", "learning", "momentum", "taux d apprentissage", "adam", "sgd", "rmsprop",
    "adagrad", "descent", "gewicht", "poids", "verlust", "perte", "epoche", "training", "optimizer", "neuron", "relu",
    "vorhersage", "ableitung", "prédiction", "dérivée", "predicción", "tasa de aprendizaje", "peso", "pesos",
    "abstieg", "descente", "derivative", "residual", "eta", "η", "ŷ", "stochastic", "backprop", "épocas", "época",
}  # fmt: skip
_PRIMED = re.compile(r"f['’′](\W|$)")
_DERIVATIVE = re.compile(r"(∂|\bd)\s*_?(\w*)²?\s*/\s*(∂|d)\s*_?(\w+)")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A heading in small letters, white space and punctuation at its ends removed."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).casefold()).strip(" :.=")


@lru_cache(maxsize=4096)
def says(text: str, role: str) -> bool:
    """Whether a heading names a role, as one of its words or altogether."""
    whole = plain(text)
    if not whole:
        return False
    if role == "derivative" and (_DERIVATIVE.search(whole) or _PRIMED.match(whole)):
        return True
    parts = set(re.split(r"[^\w²^ŷηθβεαγρμδ∂#]+", whole)) | {whole}
    known = WORDS.get(role, ())
    return any(word in parts or (len(word) > 4 and word in whole) for word in known)


def derivative_of(text: str) -> str | None:
    """The weight that a heading such as ``de/da`` or ``∂L/∂w1`` names."""
    found = _DERIVATIVE.search(plain(text))
    return found[4] if found else None


def telling(texts: list[str]) -> int:
    """How many different words of training stand in the texts."""
    return len(frozenset().union(*map(_telling, texts)))


@lru_cache(maxsize=4096)
def _telling(text: str) -> frozenset[str]:
    """The words of training that stand in a text."""
    whole = plain(text)
    parts = set(re.split(r"[^\wŷηθ∂]+", whole)) | {whole}
    found = {word for word in _TELLING if word in parts or (" " in word and word in whole)}
    return frozenset(found | {"∂"} if _DERIVATIVE.search(whole) else found)
