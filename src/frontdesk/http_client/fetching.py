"""Asking another server something, once."""

import asyncio
import contextlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from frontdesk.http_client.addresses import checked_addresses
from frontdesk.http_client.failures import NoAnswer, NotAllowed, TooLarge, TooLate

if TYPE_CHECKING:
    import ssl

    import httpx

#: What leads to another address (RFC 9110, section 15.4).
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})


class Answer(msgspec.Struct, frozen=True):
    """What the other server said: `headers` by lower-case names, and where it was said."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str

    @property
    def text(self) -> str:
        """The body as UTF-8; what is no UTF-8 becomes U+FFFD."""
        return self.body.decode(errors="replace")


async def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float,
    largest: int,
    cut: bool = False,
    allowlist: str,
    redirects: int = 0,
) -> Answer:
    """Send a request and return the answer, whatever its status.

    `parameters` are added to the query of the URL. `timeout` is seconds for everything, `largest`
    the bytes of a body that are read; a longer one is a failure, or is `cut` there. `allowlist` is
    the text of the setting `SSRF_Allowlist`. Up to `redirects` redirections of a GET are followed,
    each checked like the first address; `headers` do not go along to another origin. More are
    returned as they are.

    Raises NoAnswer, or its kinds NotAllowed, TooLate, TooLarge.
    """
    import httpx  # here, because few workspaces need it

    try:
        target = httpx.URL(url)
        if parameters:
            target = target.copy_merge_params(parameters)
        async with asyncio.timeout(timeout):
            while True:
                request = _Request(method, target, dict(headers or {}), body, largest, cut)
                answer = await _send(request, timeout, allowlist)
                location = answer.headers.get("location")
                if not redirects or method != "GET" or not location:
                    return answer
                if answer.status not in _REDIRECTIONS:
                    return answer
                redirects -= 1
                following = target.join(location)
                if _origin(following) != _origin(target):
                    headers = None
                target = following
    except TimeoutError as error:
        raise TooLate(f"no answer within {timeout:g} seconds") from error
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise NoAnswer(f"no request can be sent: {error}") from error


class _Request(msgspec.Struct, frozen=True):
    method: str
    url: "httpx.URL"
    headers: dict[str, str]
    body: bytes | None
    largest: int
    cut: bool


async def _send(request: _Request, timeout: float, allowlist: str) -> Answer:
    """Send to the first address of the host that takes the connection."""
    import httpx

    url = request.url
    if url.scheme not in ("http", "https"):
        raise NotAllowed(f"{url.scheme!r} is neither http nor https")
    host = url.raw_host.decode()
    port = url.port or (443 if url.scheme == "https" else 80)
    addresses = await checked_addresses(host, port, allowlist)
    # All of them get their chance before the time is over.
    limits = httpx.Timeout(None, connect=timeout / len(addresses))
    tls = _tls() if url.scheme == "https" else False
    async with httpx.AsyncClient(timeout=limits, trust_env=False, verify=tls) as client:
        for address in addresses:
            last = address == addresses[-1]
            try:
                return await _send_to(client, request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if last:
                    raise NoAnswer(_text(error)) from error
            except httpx.LocalProtocolError as error:
                # Not its text, which quotes headers, and they may be secret.
                raise NoAnswer("the request cannot be written as HTTP") from error
            except httpx.HTTPError as error:
                raise NoAnswer(_text(error)) from error
    raise AssertionError("unreachable")


async def _send_to(client: "httpx.AsyncClient", request: _Request, address: str) -> Answer:
    """Send to one address, as if its host's name had been used: in `Host` and in TLS."""
    url = request.url
    sent = client.build_request(
        request.method,
        url.copy_with(host=address),
        headers={
            "User-Agent": "Frontdesk",
            "Accept-Encoding": "identity",
            **request.headers,
            "Host": url.netloc.decode(),
        },
        content=request.body,
        extensions={"sni_hostname": url.raw_host.decode()},
    )
    answer = await client.send(sent, stream=True)
    async with contextlib.aclosing(answer):
        body = await _body(answer, request)
        return Answer(answer.status_code, dict(answer.headers), body, str(url))


async def _body(answer: "httpx.Response", request: _Request) -> bytes:
    # A small body that unpacks to a large one is what nobody asked for.
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise NoAnswer("the answer is compressed, although none was asked for")
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > request.largest:
            if request.cut:
                break
            raise TooLarge(f"the answer is longer than {request.largest} bytes")
    return bytes(body[: request.largest])


def _origin(url: "httpx.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


@cache
def _tls() -> "ssl.SSLContext":
    """Return what servers are trusted by; made once, since reading the authorities takes long.

    `SSL_CERT_FILE` names other authorities than the usual ones.
    """
    import httpx

    return httpx.create_ssl_context()


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
