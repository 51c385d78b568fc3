from frontdesk.http.client_address import client_address

SOCKET = "192.0.2.1"


def address(count: int, *forwarded: str, **headers: str) -> str:
    """Return whose address counts, with lines of `x-forwarded-for` and other headers."""
    lines = [("x-forwarded-for", each) for each in forwarded]
    lines += [(name.replace("_", "-"), value) for name, value in headers.items()]
    scope = {
        "client": (SOCKET, 4711),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in lines],
    }
    return client_address(scope, dict(lines), count)


def test_without_proxies_no_header_is_believed() -> None:
    assert address(0, "198.51.100.7", x_real_ip="198.51.100.8") == SOCKET


def test_behind_proxies_their_entries_are_counted_from_the_right() -> None:
    assert address(1, "203.0.113.9, 198.51.100.7") == "198.51.100.7"
    assert address(2, "203.0.113.9 , 198.51.100.7") == "203.0.113.9"
    assert address(2, "made up, 203.0.113.9,198.51.100.7") == "203.0.113.9"


def test_several_lines_are_one_list() -> None:
    assert address(1, "203.0.113.9", "198.51.100.7") == "198.51.100.7"
    assert address(2, "203.0.113.9", "198.51.100.7") == "203.0.113.9"
    assert address(3, "made up, 203.0.113.9", "", "198.51.100.7") == "made up"


def test_fewer_entries_than_proxies_are_not_believed() -> None:
    assert address(2, "198.51.100.7", x_real_ip="made up") == SOCKET
    assert address(1, " , ", x_real_ip="made up") == SOCKET


def test_a_proxy_may_say_it_in_x_real_ip_alone() -> None:
    assert address(1, x_real_ip="198.51.100.8") == "198.51.100.8"
    assert address(1) == SOCKET


def test_a_server_on_a_unix_socket_has_one_address_for_all() -> None:
    assert client_address({"client": None, "headers": []}, {}, 0) == ""
