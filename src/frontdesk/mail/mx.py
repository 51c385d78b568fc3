"""Does a domain take mail? Asked of the domain name system (RFC 1035, RFC 7505)."""

import asyncio
import secrets
import struct
from pathlib import Path

#: Where the machine's name servers are named.
RESOLV_CONF = Path("/etc/resolv.conf")
#: Seconds for one name server; two are asked at the most.
TIMEOUT = 2.0
MOST_SERVERS = 2
PORT = 53

_MX, _INTERNET = 15, 1
_RECURSION_WANTED, _RESPONSE, _TRUNCATED = 0x0100, 0x8000, 0x0200
_NO_ERROR, _NO_SUCH_NAME = 0, 3
_HEADER = struct.Struct("!6H")


async def takes_mail(domain: str) -> bool | None:
    """Tell whether a domain names a server for its mail; None if that cannot be found out."""
    try:
        name = domain.encode("idna").decode().rstrip(".")
        question = _question(name)
    except (UnicodeError, ValueError):
        return False  # no name that there could be
    for server in _name_servers()[:MOST_SERVERS]:
        number = secrets.randbelow(0x10000)
        query = _HEADER.pack(number, _RECURSION_WANTED, 1, 0, 0, 0) + question
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await _ask(server, query)
            found = _read(answer, number, question)
        except (OSError, TimeoutError, ValueError, struct.error, IndexError):
            continue
        if found is not None:
            return found
    return None


def _name_servers() -> list[str]:
    try:
        lines = RESOLV_CONF.read_text().splitlines()
    except OSError:
        return []
    fields = [line.split() for line in lines]
    return [field[1] for field in fields if len(field) > 1 and field[0] == "nameserver"]


def _question(name: str) -> bytes:
    labels = [label.encode("ascii") for label in name.split(".")]
    if not all(1 <= len(label) <= 63 for label in labels) or len(name) > 253:
        raise ValueError(f"{name!r} is no name")
    spelled = b"".join(bytes([len(label)]) + label for label in labels)
    return spelled + b"\0" + struct.pack("!2H", _MX, _INTERNET)


class _Listener(asyncio.DatagramProtocol):
    """Takes what comes from the server that was asked."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def _ask(server: str, query: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    transport, listener = await loop.create_datagram_endpoint(_Listener, remote_addr=(server, PORT))
    try:
        transport.sendto(query)
        return await listener.answer
    finally:
        transport.close()


def _read(answer: bytes, number: int, question: bytes) -> bool | None:
    """Return what an answer says; None if the server does not know.

    Raises ValueError, struct.error or IndexError for what is no answer to the question.
    """
    given, flags, questions, answers, _, _ = _HEADER.unpack_from(answer)
    at = _HEADER.size
    asked = answer[at : at + len(question)]
    if given != number or not flags & _RESPONSE or questions != 1:
        raise ValueError("no answer to the question")
    if asked.lower() != question.lower():
        raise ValueError("an answer to another question")
    code = flags & 0xF
    if code == _NO_SUCH_NAME:
        return False
    if code != _NO_ERROR:
        return None
    if flags & _TRUNCATED:
        return True  # so many that they do not fit
    at += len(question)
    for _ in range(answers):
        at = _after_name(answer, at)
        kind, _, _, length = struct.unpack_from("!2HIH", answer, at)
        at += 10
        if at + length > len(answer):
            raise ValueError("the answer is cut off")
        # An exchange of no name says that there is no mail at all.
        if kind == _MX and answer[at + 2 : at + length] != b"\0":
            return True
        at += length
    return False


def _after_name(answer: bytes, at: int) -> int:
    while True:
        length = answer[at]
        if length == 0:
            return at + 1
        if length & 0xC0:  # the rest stands elsewhere
            return at + 2
        at += 1 + length
