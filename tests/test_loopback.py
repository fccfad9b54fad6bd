from __future__ import annotations

import pytest

from assistant.loopback import is_loopback


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.0.0.2",
        "127.255.255.254",
        "::1",
        "[::1]",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
    ],
)
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",
        "::",
        "128.0.0.1",
        "10.0.0.1",
        "::2",
        "fe80::1",
        "::ffff:10.0.0.1",
        "2130706432.5",
        "127.0.0.1.example",
        "127.example",
        "localhost.example",
        "127.0.0.1.nip.example",
        "127.0.0.1 x",
        "１２７.0.0.1",
        "evil@127.0.0.1",
        "127.0.0.1:80",
        "::1]x",
        "a\x00b",
        "127.0.0.256",
    ],
)
def test_not_known_to_be_this_machine(host: str) -> None:
    assert not is_loopback(host)
