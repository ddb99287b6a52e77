"""No test needs the network: what reaches beyond this computer is refused and fails the test, swallowed or not."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

reached: list[str] = []
"""What was asked of the network so far."""


class NetworkRefused(ConnectionError):
    """A test asked the network."""


def is_near(host: object) -> bool:
    """Whether a host is this computer."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        own, address = arguments[:2]
        if not isinstance(address, tuple) or (event == "socket.connect" and own.type == socket.SOCK_DGRAM):
            return  # a pipe by name; and to connect a datagram socket sends nothing: Dask asks its address so
        host = address[0]
    else:
        return
    if not is_near(host):
        reached.append(f"{event} {host}")
        raise NetworkRefused(f"tests need no network, this one asked for {host}")


sys.addaudithook(_look)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fails the test that asked the network."""
    before = len(reached)
    yield
    assert not reached[before:], f"the network was asked: {reached[before:]}"
