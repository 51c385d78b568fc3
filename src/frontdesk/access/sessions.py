"""Who holds a log-in token: asked at every request, answered from memory.

The memory follows what is committed in this process at once; what other processes commit shows
after `freshness` milliseconds at the latest.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.queries import PermissionRow
from frontdesk.access.records import User
from frontdesk.clock import now_ms
from frontdesk.db import Database, Event, Tx
from frontdesk.http.call import Call, Principal

if TYPE_CHECKING:
    from frontdesk.http.operation import Operation

#: A principal may be this old before it is looked up again; milliseconds. One process on SQLite
#: hears of every change. Several on PostgreSQL that tell each other, over Redis, look again after a
#: while, should one have died before it could tell; others look again after a moment.
FRESH_ALONE = 60_000
FRESH_IN_TOUCH = 10_000
FRESH_AMONG_OTHERS = 1_000
#: Principals kept in memory at the most; a workspace has fewer people at work.
MOST = 20_000


def hash_token(token: str) -> str:
    """Return the form in which a token is stored: base64 of its SHA-256."""
    return base64.b64encode(hashlib.sha256(token.encode("latin-1", "replace")).digest()).decode()


def principal_of(user: User, hashed_token: str, permissions: Iterable[PermissionRow]) -> Principal:
    """Return what the frame needs to know of a user."""
    held = frozenset(user.roles)
    return Principal(
        id=user.id,
        username=user.username,
        name=user.name,
        roles=held,
        permissions=frozenset(each.id for each in permissions if not held.isdisjoint(each.roles)),
        hashed_token=hashed_token,
        utc_offset=user.utc_offset,
        language=user.language,
    )


def find_principal(tx: Tx, user_id: str, hashed_token: str) -> Principal | None:
    """Return the principal that owns the token under that user id, or None."""
    user = tx.one(queries.USER_BY_TOKEN, user_id=user_id, hashed_token=hashed_token)
    if user is None or not user.active:
        return None
    return principal_of(user, hashed_token, tx.all(queries.ALL_PERMISSIONS))


class Sessions:
    """The frame's authenticator; see `http.frame.Authenticator`."""

    def __init__(self, db: Database, freshness: int, two_factor: bool) -> None:
        self._db = db
        self._freshness = freshness
        self._two_factor = two_factor
        self._known: dict[tuple[str, str], tuple[Principal, int]] = {}
        self._changes = 0
        db.listeners.append(self._follow)

    async def take_in(self, events: Sequence[Event]) -> None:
        """Follow what another process has committed."""
        self._follow(events)

    async def on_gap(self) -> None:
        """Ask anew: something that another process has committed was not told here."""
        self._changes += 1
        self._known.clear()

    async def on_state(self, connected: bool) -> None:
        """Trust the memory for longer while other processes are heard."""
        self._freshness = FRESH_IN_TOUCH if connected else FRESH_AMONG_OTHERS
        await self.on_gap()

    def known(self, user_id: str, token: str) -> Principal | None:
        """Return the principal of a pair that was seen a moment ago."""
        found = self._known.get((user_id, token))
        if found is None or found[1] < now_ms():
            return None
        return found[0]

    async def find(self, user_id: str, token: str) -> Principal | None:
        """Return the principal of a pair, or None if the pair is not valid."""
        changes = self._changes
        hashed = hash_token(token)
        principal = await self._db.read(lambda tx: find_principal(tx, user_id, hashed))
        if principal is not None and changes == self._changes:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[user_id, token] = (principal, now_ms() + self._freshness)
        return principal

    async def second_factor(self, call: Call, operation: "Operation") -> None:
        """Raise Coded `totp-*` where a second proof is needed and missing."""
        if not self._two_factor:
            return
        from frontdesk.access.two_factor import require_second_factor

        await require_second_factor(call, always=operation.two_factor == "always")

    def _follow(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.stream == "user":
                self._changes += 1
                gone = [pair for pair in self._known if pair[0] == event.key]
                for pair in gone:
                    del self._known[pair]
            elif event.stream in ("permissions", "roles"):
                self._changes += 1
                self._known.clear()
