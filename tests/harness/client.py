"""A tiny client of the HTTP API."""

from typing import Any, Self

import httpx

# In test mode the server has this administrator: id, user name and password are the same.
ADMINISTRATOR = "rocketchat.internal.admin.test"


class Api:
    """The API of one server, as one user or as nobody.

    Paths are relative to /api/v1 (`livechat/room`); one that starts with a slash is taken from the
    server's root (`/api/info`). Further options are those of httpx: params, headers, files, data.
    Each call returns the httpx.Response, whatever its status.
    """

    def __init__(self, url: str, *, user_id: str = "", token: str = "") -> None:
        """Talk to the server at `url`, with a login when `user_id` and `token` are given."""
        self.url = url
        self.user_id = user_id
        self.token = token
        headers = {"X-User-Id": user_id, "X-Auth-Token": token} if token else {}
        # Loopback only: without verify=False each client would first load all certificates.
        self.http = httpx.Client(
            base_url=url, headers=headers, trust_env=False, verify=False, timeout=60
        )

    def get(self, path: str, params: Any = None, **options: Any) -> httpx.Response:
        """Send a GET."""
        return self.http.get(_full(path), params=params, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """Send a POST with a JSON body, or none."""
        return self.http.post(_full(path), json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """Send a PUT with a JSON body, or none."""
        return self.http.put(_full(path), json=json, **options)

    def delete(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """Send a DELETE with a JSON body, or none."""
        return self.http.request("DELETE", _full(path), json=json, **options)

    def login(self, user: str, password: str) -> Self:
        """Return a client that is logged in; a refused login is an AssertionError."""
        response = self.post("login", {"user": user, "password": password})
        assert response.is_success, response.text
        data = response.json()["data"]
        return type(self)(self.url, user_id=data["userId"], token=data["authToken"])

    def login_as_administrator(self) -> Self:
        """Return a client of the administrator that test mode provides."""
        return self.login(ADMINISTRATOR, ADMINISTRATOR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


def _full(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"
