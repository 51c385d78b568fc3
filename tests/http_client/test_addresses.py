from ipaddress import ip_address

import pytest

from frontdesk.http_client import NoAnswer, NotAllowed
from frontdesk.http_client.addresses import checked_addresses, is_public


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1"),
        # IPv4 addresses in disguise
        *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2001::1"),
    ],
)
def test_an_internal_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "::1"])
async def test_however_it_is_spelled_loopback_is_refused(host: str) -> None:
    with pytest.raises(NotAllowed):
        await checked_addresses(host, 80, "")


@pytest.mark.parametrize(
    "allowlist",
    [
        "127.0.0.0/8",
        "example.org\n127.0.0.1",
        "not a network, 127.0.0.1/32",
        "::ffff:0/1 127.0.0.1",
    ],
)
async def test_a_network_on_the_list_may_be_reached(allowlist: str) -> None:
    assert await checked_addresses("127.0.0.1", 80, allowlist) == ["127.0.0.1"]


@pytest.mark.parametrize("allowlist", ["localhost", "LOCALHOST.", "example.org, localhost"])
async def test_a_name_on_the_list_may_be_reached(allowlist: str) -> None:
    assert "127.0.0.1" in await checked_addresses("localhost", 80, allowlist)


@pytest.mark.parametrize("allowlist", ["", ",", "*", "*.", ".", "host", "localhost.org", "10/8"])
async def test_a_list_without_the_host_allows_nothing(allowlist: str) -> None:
    with pytest.raises(NotAllowed):
        await checked_addresses("localhost", 80, allowlist)


async def test_a_name_that_has_no_address_is_not_asked() -> None:
    with pytest.raises(NoAnswer):
        await checked_addresses("nobody.invalid", 80, "")
    with pytest.raises(NoAnswer):
        await checked_addresses("a" * 300, 80, "")
