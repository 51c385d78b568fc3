"""What an endpoint sees of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from frontdesk.errors import Forbidden

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace


T = TypeVar("T")


class Principal(msgspec.Struct, frozen=True):
    """A logged-in user: who it is, what it may, and by which token it came in."""

    id: str
    username: str
    name: str | None
    roles: frozenset[str]
    permissions: frozenset[str]
    hashed_token: str
    utc_offset: float | None = None
    language: str | None = None

    def may(self, permission: str) -> bool:
        """Tell whether the user holds a permission."""
        return permission in self.permissions


class Call:
    """One request on its way through the frame.

    `headers` are lower-cased; `path` holds the variables of the path; `address` is the client's
    address for limits; `user` is None on a public route without a valid log-in.
    """

    __slots__ = (
        "__dict__",
        "address",
        "answer_headers",
        "body_bytes",
        "headers",
        "path",
        "query_string",
        "receive",
        "request_id",
        "user_or_none",
        "workspace",
    )

    def __init__(
        self,
        workspace: Workspace,
        headers: dict[str, str],
        path: dict[str, str],
        query_string: bytes,
        address: str,
        request_id: str,
    ) -> None:
        self.workspace = workspace
        self.headers = headers
        self.path = path
        self.query_string = query_string
        self.address = address
        self.request_id = request_id
        self.user_or_none: Principal | None = None
        self.body_bytes = b""
        self.answer_headers: list[tuple[bytes, bytes]] = []
        #: The body as it arrives, on routes that read it themselves.
        self.receive: Callable[[], Awaitable[Any]] | None = None

    @property
    def settings(self) -> Settings:
        """The workspace settings at this moment."""
        return self.workspace.settings

    @property
    def user(self) -> Principal:
        """The logged-in user, on a route that requires one."""
        assert self.user_or_none is not None
        return self.user_or_none

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The request's cookies; a header that cannot be read counts as none."""
        try:
            jar = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    def require(self, permission: str) -> None:
        """Raise Forbidden (403 `unauthorized`) unless the user holds the permission."""
        if not self.user.may(permission):
            raise Forbidden

    async def read(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, *arguments)` on a snapshot."""
        return await self.workspace.db.read(lambda tx: use_case(tx, *arguments))

    async def write(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, *arguments)` in a transaction; return after its commit."""
        return await self.workspace.db.write(lambda tx: use_case(tx, *arguments))
