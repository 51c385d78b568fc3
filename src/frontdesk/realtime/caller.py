"""Who calls a real-time method."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from frontdesk.http.call import Principal

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

T = TypeVar("T")


class Caller:
    """Who calls a method, and the workspace that it works on.

    `address` is the client's address and `connection` what stands for its connection: both count
    for limits only. `user_or_none` is None for visitors and before the log-in.
    """

    __slots__ = ("address", "connection", "user_or_none", "workspace")

    def __init__(
        self, workspace: "Workspace", user: Principal | None, address: str, connection: str
    ) -> None:
        self.workspace = workspace
        self.user_or_none = user
        self.address = address
        self.connection = connection

    @property
    def settings(self) -> "Settings":
        """The workspace settings at this moment."""
        return self.workspace.settings

    @property
    def user(self) -> Principal:
        """The logged-in user, in a method that requires one."""
        assert self.user_or_none is not None
        return self.user_or_none

    async def read(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, *arguments)` on a snapshot."""
        return await self.workspace.db.read(lambda tx: use_case(tx, *arguments))

    async def write(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, *arguments)` in a transaction; return after its commit."""
        return await self.workspace.db.write(lambda tx: use_case(tx, *arguments))
