"""The guard that keeps the tests from the network."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

import pytest

from no_network import NetworkRefused, is_near, reached


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "", "0.0.0.0", b"127.8.8.8", "fe80::1%lo", None])
def test_this_computer(host: object) -> None:
    assert is_near(host) == (host != "fe80::1%lo")


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_others_are_refused(host: str) -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection((host, 9), timeout=1)
    assert reached.pop().endswith(host)


def test_what_is_swallowed_is_known() -> None:
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen("http://example.org/", timeout=1)
    assert reached.pop() == "socket.getaddrinfo example.org"


def test_a_server_of_our_own_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), 5):
        pass
