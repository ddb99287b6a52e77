"""What people call settings: whether a name and a label beside a cell mean the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ...findings import Place
from ..ground.case import Case

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ρ": "rho", "τ": "tau", "θ": "theta", "σ": "sigma",
}  # fmt: skip
_CLASSES = {
    "learning rate": r"lr|eta|alpha|rate|learn|learning ?rate|lern ?rate|lernschritt\w*|schrittweite|step ?size"
    r"|taux\b.*|pas|tasa\b.*|tasso\b.*|taxa\b.*|leersnelheid",
    "momentum": r"momentum|mu|gamma|inertie|inertia|tragheit|impuls|beta(?! ?[12])|rho|decay rate",
    "beta1": r"(beta|b|rho|decay) ?1",
    "beta2": r"(beta|b|rho|decay) ?2",
    "epsilon": r"eps|epsi|epsilon|small number|kleine zahl",
    "h": r"h|delta|dx|bump|step h|schritt h",
    "weight decay": r"wd|weight ?decay|lambda|l2|ridge|penalty|regulari[sz]\w*|regularisierung|strafe",
}
_MEANS = {kind: re.compile(rf"\b(?:{pattern})\b") for kind, pattern in _CLASSES.items()}


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name or label in small Latin letters, Greek ones spelt out, accents and signs removed."""
    text = re.sub(r"(?<=[a-zäöü])(?=[A-Z])", " ", text).casefold()
    text = "".join(_GREEK.get(letter, letter) for letter in unicodedata.normalize("NFC", text))
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return tuple(re.findall(r"[^\W_]+", plain))


def joined(text: str) -> str:
    """A name or label as one word."""
    return "".join(words_of(text))


def meanings(text: str) -> set[str]:
    """The kinds of setting that a name or label tells."""
    whole = " ".join(words_of(text))
    return {kind for kind, pattern in _MEANS.items() if pattern.search(whole)}


@lru_cache(maxsize=4096)
def alike(name: str, label: str) -> bool:
    """Whether a name and a label may mean the same; in doubt they do."""
    one, two = words_of(name), words_of(label)
    a, b = "".join(one), "".join(two)
    if not a or not b:
        return False
    if a == b or a.rstrip("s") == b.rstrip("s") or set(one) <= set(two) or set(two) <= set(one):
        return True
    if (len(a) > 2 and b.startswith(a)) or (len(b) > 2 and a.startswith(b)):
        return True
    if len(two) > 1 and a == "".join(word[0] for word in two):
        return True
    return bool(meanings(name) & meanings(label))


def labels_of(case: Case, place: Place) -> list[str]:
    """The texts that may be a cell's label: the nearest to its left, the one above it."""
    sheet, row, col = place
    found = []
    for left in range(col - 1, max(0, col - 4), -1):
        text = case.desk.at((sheet, row, left))
        if text is not None:
            found += [text.strip()] if isinstance(text, str) else []
            break
    above = case.desk.at((sheet, row - 1, col)) if row > 1 else None
    return [*found, above.strip()] if isinstance(above, str) else found


def labelled(case: Case, name: str, sheet: int) -> list[Place]:
    """The lone numbers of a sheet whose label is alike a name."""
    found: list[Place] = []
    for (row, col), text in case.desk.book.sheets[sheet].constants.items():
        if not isinstance(text, str) or len(text) > 40 or not alike(name, text):
            continue
        right = [(sheet, row, col + step) for step in (1, 2, 3)]
        held = next((place for place in right if case.desk.at(place) is not None), None)
        for place, on in ((held, (0, 1)), ((sheet, row + 1, col), (1, 0))):
            if place is None or case.desk.number(place) is None or case.fill_at(place) is not None:
                continue
            if case.desk.number((sheet, place[1] + on[0], place[2] + on[1])) is None and place not in found:
                found.append(place)
    return found
