"""Workbooks that do not lie on this machine's disks: addresses such as ``s3://bucket/folder``, opened by fsspec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from ..errors import UnreadableError, UsageError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:://|::)")
_INSTALL = "pip install 'xlsgd[remote]'"


def is_address(text: str) -> bool:
    """True for what fsspec opens: a protocol and ``://``, also chained with ``::``."""
    return _ADDRESS.match(text) is not None


def is_of_this_process(address: str) -> bool:
    """True where another process would not find what is there."""
    return address.startswith("memory:")


def found_at(address: str, suffixes: tuple[str, ...]) -> list[str] | None:
    """The addresses below a folder or of a pattern, sorted; None for the address of one file. Raises UsageError.

    What the web serves is taken as one file, unless the address ends in a slash or is a pattern.
    """
    with _told(address):
        system, path = _system(address)
        pattern = any(letter in path for letter in "*[") or ("?" in path and "http" not in address[:5])
        if pattern:
            paths = system.glob(path)
        elif address.startswith("http") and not address.endswith("/"):
            return None
        elif system.isdir(path):
            paths = system.find(path)
        elif not system.exists(path):
            raise FileNotFoundError
        else:
            return None
        wanted = sorted(one for one in paths if one.lower().endswith(suffixes) and not _is_hidden(one, path))
        return [_address_of(one, path, address) for one in wanted]


def open_address(address: str) -> BinaryIO:
    """A file at an address, open for reading. Raises UnreadableError, and UsageError where a library is missing."""
    import fsspec

    try:
        return cast(BinaryIO, fsspec.open(address, "rb").open())
    except FileNotFoundError as error:
        raise UnreadableError("no such file: check the address") from error
    except ImportError as error:
        raise _missing(address, error) from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot be opened ({error}): check the address and the permissions") from error


def _address_of(found: str, path: str, address: str) -> str:
    """The address of what was found below a path, written as the path's address was.

    >>> _address_of("/a/b.xlsx", "/a/*.xlsx", "memory://a/*.xlsx"), _address_of("k/x.xlsx", "k", "s3://k/")
    ('memory://a/b.xlsx', 's3://k/x.xlsx')
    """
    head, mark, behind = address.partition("::")
    fixed, given = (re.split(r"[*?[]", text)[0] for text in (path, head))
    if fixed != path:
        fixed, given = fixed.rpartition("/")[0], given.rpartition("/")[0]
    return f"{given.rstrip('/')}/{found[len(fixed) :].lstrip('/')}{mark}{behind}"


def _system(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(f"'{address}' is opened by fsspec, which is not installed: {_INSTALL}") from None
    return cast("tuple[Any, str]", url_to_fs(address))


@contextmanager
def _told(address: str) -> Iterator[None]:
    """What a library raises about an address becomes UsageError."""
    try:
        yield
    except FileNotFoundError:
        raise UsageError(f"there is nothing at '{address}': check the address") from None
    except ImportError as error:
        raise _missing(address, error) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot look at '{address}' ({error}): check the address and the permissions") from error


def _missing(address: str, error: ImportError) -> UsageError:
    return UsageError(f"cannot open '{address}': {error}; install what it names, for example with pip")


def _is_hidden(path: str, below: str) -> bool:
    inner = path[len(below) :] if path.startswith(below) else path.rsplit("/", 1)[-1]
    return any(part.startswith((".", "~$")) for part in inner.split("/"))
