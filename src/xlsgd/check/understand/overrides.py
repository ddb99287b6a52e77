"""What a user says of a workbook: ``--roles FILE.toml`` and ``--variant NAME``."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ...errors import UnreadableError, UsageError, unknown_name
from ...variants import GRADIENTS, MODELS, OPTIMIZERS
from .base import ROLES, Overrides


def read_overrides(roles: Path | None = None, variant: str | None = None) -> Overrides:
    """The overrides of a TOML file and a variant's name.

    In the file: a table of each sheet (``["basic SGD"]``, or ``[""]`` for all) with ``column = "role"``, the column by
    its letters or its heading; and on top, if wanted, ``variant = "linear-analytic-sgd"``.
    Raises UnreadableError where the file is missing or no TOML, UsageError for what it says.
    """
    if roles is None:
        return Overrides({}, None if variant is None else checked_variant(variant))
    try:
        told = tomllib.loads(roles.read_text("utf-8"))
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}", path=roles) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(f"is not a TOML file: {error}", path=roles) from None
    own = told.pop("variant", None)
    if own is not None and not isinstance(own, str):
        raise UsageError("variant must be a text such as 'linear-analytic-sgd'", path=roles)
    found = {}
    loose = {key: value for key, value in told.items() if not isinstance(value, dict)}
    tables = {"": loose, **{key: value for key, value in told.items() if isinstance(value, dict)}}
    for sheet, columns in tables.items():
        found[sheet] = {column: _role(role, roles) for column, role in columns.items()}
    name = variant or own
    return Overrides(found, None if name is None else checked_variant(name))


def _role(role: object, path: Path) -> str:
    if not isinstance(role, str):
        raise UsageError(f"a role must be a text such as 'weight', got {role!r}", path=path)
    if role not in ROLES:
        raise unknown_name("role", role, ROLES)
    return role


def checked_variant(name: str) -> str:
    """A variant's name if all its parts exist. Raises UsageError."""
    parts = name.split("-", 2)
    if len(parts) != 3:
        raise UsageError(f"variant '{name}': wanted is MODEL-GRADIENT-OPTIMIZER, such as linear2-forward-sgd")
    for kind, part, known in zip(
        ("model", "gradient", "optimizer"), parts, (MODELS, GRADIENTS, OPTIMIZERS), strict=True
    ):
        names = [member.name for member in known]  # type: ignore[attr-defined]  # all members have names
        if part not in names:
            raise unknown_name(kind, part, names)
    return name
