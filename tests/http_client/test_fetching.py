import asyncio
import gzip
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.http_client import Answer, NoAnswer, NotAllowed, TooLarge, TooLate, fetch, fetching
from tests.http_client.other_server import other_server, redirect


async def get(url: str, **options: Any) -> Answer:
    """Ask with what the tests have in common."""
    given: dict[str, Any] = {"timeout": 20, "largest": 1000, "allowlist": "127.0.0.0/8"}
    return await fetch("GET", url, **(given | options))


class Names:
    """Looks names up as a test wants, each time the next answer."""

    def __init__(self) -> None:
        self.answers: list[list[str]] = []
        self.asked: list[str] = []

    async def getaddrinfo(self, host: str, port: int, **_: Any) -> list[Any]:
        """Answer like the one of an event loop."""
        self.asked.append(host)
        kind = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*kind, (address, port)) for address in self.answers.pop(0)]


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Return names of the test's own instead of the network's."""
    found = Names()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found.getaddrinfo)
    return found


async def test_the_answer_is_returned_whatever_its_status() -> None:
    async with other_server() as server:
        server.says = b"HTTP/1.1 503 Later\r\nX-Why: Tired\r\nContent-Length: 4\r\n\r\n\xffabc"
        answer = await get(f"{server.url}/a?b=1", parameters={"c": "d e"})

        assert (answer.status, answer.body, answer.headers["x-why"]) == (503, b"\xffabc", "Tired")
        assert answer.text == "\ufffdabc"
        assert server.asked[0].startswith("GET /a?b=1&c=d+e HTTP/1.1")


async def test_method_headers_and_body_are_sent() -> None:
    async with other_server() as server:
        await fetch(
            "POST",
            server.url,
            headers={"X-Secret": "s3"},
            body=b"{}",
            timeout=20,
            largest=10,
            allowlist="127.0.0.1",
        )
        assert server.asked[0].startswith("POST / HTTP/1.1")
        assert (server.header("x-secret"), server.header("content-length")) == ("s3", "2")
        assert server.header("host") == f"127.0.0.1:{server.port}"


async def test_an_internal_address_is_not_asked() -> None:
    async with other_server() as server:
        with pytest.raises(NotAllowed, match="SSRF_Allowlist"):
            await get(server.url, allowlist="")
        assert not server.asked


async def test_a_name_with_one_internal_address_is_not_asked(names: Names) -> None:
    names.answers = [["8.8.8.8", "10.0.0.1"]]
    with pytest.raises(NotAllowed):
        await get("http://both.example/", allowlist="")


async def test_the_connection_goes_to_the_address_that_was_checked(names: Names) -> None:
    async with other_server() as server:
        # Whoever looks again is led elsewhere.
        names.answers = [["127.0.0.1"], ["127.0.0.2"]]
        answer = await get(f"http://other.example:{server.port}/")

        assert answer.body == b"hi"
        assert names.asked == ["other.example"]
        assert server.header("host") == f"other.example:{server.port}"


async def test_when_one_address_takes_no_connection_the_next_is_tried(names: Names) -> None:
    async with other_server() as server:
        names.answers = [["127.0.0.2", "127.0.0.1"]]
        assert (await get(f"http://other.example:{server.port}/")).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no address",
        "http://",
        "//x",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://[",
        "x:y",
    ],
)
async def test_what_is_no_address_of_the_web_is_not_asked(url: str) -> None:
    with pytest.raises(NoAnswer):
        await get(url)


async def test_a_server_that_is_not_there_gives_no_answer() -> None:
    async with other_server() as server:
        gone = server.url
    with pytest.raises(NoAnswer):
        await get(gone)


async def test_who_takes_too_long_is_not_waited_for() -> None:
    async with other_server() as server:
        server.says = None
        with pytest.raises(TooLate):
            await get(server.url, timeout=0.05)


async def test_a_body_over_the_limit_is_not_read() -> None:
    async with other_server() as server:
        server.says = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001
        with pytest.raises(TooLarge):
            await get(server.url)
        assert len((await get(server.url, cut=True)).body) == 1000
        server.says = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000
        assert len((await get(server.url)).body) == 1000


async def test_a_packed_body_is_not_unpacked() -> None:
    async with other_server() as server:
        packed = gzip.compress(b"x" * 1_000_000)[:1000]
        server.says = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed
        with pytest.raises(NoAnswer, match="compressed"):
            await get(server.url)


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_what_is_no_http_is_no_answer(said: bytes) -> None:
    async with other_server() as server:
        server.says = said
        with pytest.raises(NoAnswer):
            await get(server.url)


@pytest.mark.parametrize("value", ["s3cret\r\nX-More: 1", "s3cret\0", "s3cret\u00e9\u4e16"])
async def test_a_header_that_cannot_be_sent_is_not_quoted(value: str) -> None:
    async with other_server() as server:
        with pytest.raises(NoAnswer) as failure:
            await get(server.url, headers={"X-Secret": value})
        assert "s3cret" not in str(failure.value)
        assert not server.asked


async def test_a_redirection_is_an_answer_like_any_other() -> None:
    async with other_server() as server:
        server.says = redirect("/elsewhere")
        answer = await get(server.url)

        assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")
        assert len(server.asked) == 1


async def test_redirections_are_followed_as_often_as_asked_for() -> None:
    async with other_server() as server:
        server.says = redirect("/next")
        answer = await get(f"{server.url}/first", redirects=3, headers={"X-Secret": "s3"})

        assert (answer.status, answer.url) == (302, f"{server.url}/next")
        assert [asked.split()[1] for asked in server.asked] == ["/first", "/next", "/next", "/next"]
        assert server.header("x-secret") == "s3"


async def test_headers_do_not_go_along_to_another_origin() -> None:
    async with other_server() as first, other_server() as second:
        first.says = redirect(f"{second.url}/there")
        answer = await get(first.url, redirects=1, headers={"X-Secret": "s3"})

        assert (answer.body, answer.url) == (b"hi", f"{second.url}/there")
        assert (first.header("x-secret"), second.header("x-secret")) == ("s3", None)


async def test_a_redirection_to_an_internal_address_is_not_followed(names: Names) -> None:
    async with other_server() as first, other_server() as second:
        first.says = redirect(f"{second.url}/there")
        names.answers = [["127.0.0.1"], ["127.0.0.1"]]
        with pytest.raises(NotAllowed):
            await get(
                f"http://public.example:{first.port}/", redirects=1, allowlist="public.example"
            )
        assert not second.asked


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """Return the TLS of a server whose certificate, for `secure.example`, is trusted."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=secure.example", "-addext", "subjectAltName=DNS:secure.example"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    fetching._tls.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    yield context
    fetching._tls.cache_clear()


async def test_a_certificate_must_be_for_the_name_that_is_asked(
    trusted: ssl.SSLContext, names: Names
) -> None:
    async with other_server(trusted) as server:
        names.answers = [["127.0.0.1"], ["127.0.0.1"]]
        answer = await get(f"https://secure.example:{server.port}/")
        assert answer.body == b"hi"

        with pytest.raises(NoAnswer, match="certificate"):
            await get(f"https://another.example:{server.port}/")
        assert len(server.asked) == 1
