"""Which addresses outgoing requests may reach.

Whoever writes an address into a setting or a message must not make the server read what only the
server can reach: its own machine, the network behind it, the metadata of a cloud. So a name is
looked up once, every address that it has is checked, and the connection goes to a checked one; a
name that means something else a moment later changes nothing.

Internal hosts that may be reached are named by the setting `SSRF_Allowlist`: host names (also
`*.example.org`), addresses and networks, with commas or blanks between them.
"""

import asyncio
import re
import socket
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias

from frontdesk.http_client.failures import NoAnswer, NotAllowed

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

#: What the configuration of this process allows besides the setting; see `app.py`.
always_allowed: list[Network] = []

#: All global unicast addresses (RFC 4291, section 2.4, as assigned by IANA).
_UNICAST = IPv6Network("2000::/3")
#: IPv4 addresses as IPv6-only networks spell them (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


async def checked_addresses(host: str, port: int, allowlist: str) -> list[str]:
    """Return the addresses of a host, each of which may be reached, best first.

    `allowlist` is the text of the setting. Raises NoAnswer for a name that has no address, and
    NotAllowed when one of its addresses is internal.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer(f"the host {host!r} is not known") from error
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
    allowed = _parsed(allowlist)
    if not allowed.names(host):
        for address in addresses:
            if not allowed.holds(ip_address(address)):
                raise NotAllowed(f"{host!r} is internal; the setting SSRF_Allowlist may allow it")
    return addresses


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet."""
    within = _embedded(address)
    if within is not None:
        return is_public(within)
    if address.version == 6 and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


class _Allowlist:
    """The setting, understood. Parts that are neither name nor network allow nothing."""

    def __init__(self, text: str) -> None:
        self._names: set[str] = set()
        self._networks: list[Network] = []
        for part in re.split(r"[\s,]+", text.lower()):
            try:
                self._networks.append(ip_network(part, strict=False))
            except ValueError:
                self._names.add(part.rstrip("."))

    def names(self, host: str) -> bool:
        """Tell whether a host is allowed by its name, whatever its addresses."""
        name = host.lower().rstrip(".")
        labels = name.split(".")
        parents = ("*." + ".".join(labels[start:]) for start in range(1, len(labels)))
        return bool(name) and (name in self._names or any(each in self._names for each in parents))

    def holds(self, address: Address) -> bool:
        """Tell whether an address may be reached."""
        meant = _embedded(address) or address
        return is_public(address) or any(
            meant in network for network in (*always_allowed, *self._networks)
        )


@lru_cache(maxsize=8)
def _parsed(text: str) -> _Allowlist:
    return _Allowlist(text)
