"""What the code under test must not do: write or read files elsewhere, start programs, ask the network."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import xlsgd

_NEVER = {
    *("socket.connect", "socket.getaddrinfo", "socket.bind", "urllib.Request", "webbrowser.open", "shutil.rmtree"),
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile"),
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Trespass(BaseException):
    """Something that reading a workbook must not do. Not an Exception, so that no handler swallows it."""


class Guard:
    """While ``on``, whatever happens outside of a folder raises Trespass."""

    def __init__(self, folder: Path) -> None:
        self.on = False
        self.inside = (os.path.realpath(folder) + os.sep, str(folder) + os.sep)
        self.readable = (*self.inside, sys.prefix, sys.base_prefix, str(Path(__file__).parents[2]),
                         str(Path(xlsgd.__file__).parent), "/proc/", "/usr/")  # fmt: skip
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event in _NEVER:
            raise Trespass(f"{event} {arguments!r:.200}")
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, int) or path is None:
                return
            name = os.fsdecode(path) if isinstance(path, str | bytes) else str(path)
            writes = isinstance(flags, int) and flags & _WRITES
            name = os.path.abspath(name)
            if not (name + os.sep).startswith(self.inside if writes else self.readable):
                raise Trespass(f"opened {name!r:.200} ({mode!r}, {flags!r})")
        elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link"):
            for path in arguments[:2]:
                if isinstance(path, str) and not (os.path.abspath(path) + os.sep).startswith(self.inside):
                    raise Trespass(f"{event} {path!r:.200}")


def limit_memory(more: int) -> None:
    """Let this process have so many bytes more than it has now. Beyond, MemoryError."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more,) * 2)
