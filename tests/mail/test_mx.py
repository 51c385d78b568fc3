"""Does a domain take mail? Asked of a real name server of the test's own."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from frontdesk.mail import mx
from frontdesk.mail.mx import takes_mail

#: What follows the question: a name that points to it, type, class, time to live.
RECORD = struct.Struct("!HHHI")
POINTER = 0xC00C


def record(kind: int, data: bytes) -> bytes:
    """Return a record of the answer."""
    return RECORD.pack(POINTER, kind, 1, 60) + struct.pack("!H", len(data)) + data


MX = record(15, b"\x00\x0a\x04mail\xc0\x0c")
NULL_MX = record(15, b"\x00\x00\x00")
ALIAS = record(5, b"\x05other\x07example\x00")


class NameServer(asyncio.DatagramProtocol):
    """A name server; `says` makes an answer of a question, None says nothing."""

    def __init__(self) -> None:
        self.says: Callable[[bytes], bytes | None] = lambda query: None
        self.asked: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.asked.append(data)
        answer = self.says(data)
        if answer is not None:
            self.transport.sendto(answer, addr)


def answer(*records: bytes, flags: int = 0x8180, number: int = 0) -> Callable[[bytes], bytes]:
    """Return what makes an answer with some records of a question."""

    def make(query: bytes) -> bytes:
        given = struct.unpack_from("!H", query)[0] ^ number
        return (
            struct.pack("!6H", given, flags, 1, len(records), 0, 0) + query[12:] + b"".join(records)
        )

    return make


@pytest.fixture
async def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NameServer]:
    """Return the name server of this machine, for the test."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("# local\nsearch example.org\nnameserver 127.0.0.1\noptions edns0\n")
    monkeypatch.setattr(mx, "RESOLV_CONF", resolv)
    monkeypatch.setattr(mx, "PORT", transport.get_extra_info("sockname")[1])
    yield server
    transport.close()


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        (answer(MX), True),
        (answer(ALIAS, MX), True),
        (answer(flags=0x8380), True),  # too many to be shown
        (answer(), False),
        (answer(ALIAS), False),
        (answer(NULL_MX), False),
        (answer(flags=0x8183), False),  # there is no such name
        (answer(flags=0x8182), None),  # the server cannot say
        (answer(MX, number=1), None),  # an answer to somebody else
        (lambda query: query, None),
        (lambda query: answer(MX)(query)[:-5], None),
        (lambda query: answer(MX)(query[:12] + b"\x05other" + query[18:]), None),
        (lambda query: b"", None),
    ],
)
async def test_what_the_name_server_says_counts(
    names: NameServer, said: Callable[[bytes], bytes], takes: bool | None
) -> None:
    names.says = said
    assert await takes_mail("example.org") is takes
    assert names.asked[0][12:] == b"\x07example\x03org\x00\x00\x0f\x00\x01"


async def test_a_name_server_that_says_nothing_is_not_waited_for_long(
    names: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mx, "TIMEOUT", 0.05)
    assert await takes_mail("example.org") is None


async def test_where_there_is_no_name_server_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mx, "RESOLV_CONF", tmp_path / "none")
    assert await takes_mail("example.org") is None
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.1\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        unused = taken.getsockname()[1]
    monkeypatch.setattr(mx, "RESOLV_CONF", resolv)
    monkeypatch.setattr(mx, "PORT", unused)
    assert await takes_mail("example.org") is None


@pytest.mark.parametrize("domain", ["", ".", "a..b", "x" * 64 + ".org", ("x" * 60 + ".") * 5])
async def test_what_is_no_name_takes_no_mail(names: NameServer, domain: str) -> None:
    assert await takes_mail(domain) is False
    assert not names.asked


async def test_a_name_of_any_script_is_asked_for(names: NameServer) -> None:
    names.says = answer(MX)
    assert await takes_mail("bücher.example") is True
    assert b"\x0dxn--bcher-kva" in names.asked[0]
