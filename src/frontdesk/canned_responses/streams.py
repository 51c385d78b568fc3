"""What clients hear of the canned responses that they keep at hand.

Source: behaviour of the API, priorities and analytics, section 6.7. Differing on purpose: only
those hear of a response whom it is for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from frontdesk.access.sessions import find_principal, hash_token
from frontdesk.canned_responses.announcing import NEWS
from frontdesk.canned_responses.visibility import is_for
from frontdesk.db import Event, Tx
from frontdesk.http.call import Principal
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.streams import Extra, ForSome, Streams
from frontdesk.realtime.subscriptions import Listeners, View

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()

STREAM = KEY = "canned-responses"
_VIEW = "view-canned-responses"


@streams.readable(STREAM)
async def may_hear(caller: Caller, key: str, extra: Extra) -> View | None:
    """Those hear of canned responses who may see any, while the workspace uses them."""
    del extra
    user = caller.user_or_none
    used = key == KEY and caller.settings.flag("Canned_Responses_Enable")
    return "user" if used and user is not None and user.may(_VIEW) else None


@streams.telling(NEWS, wanted=lambda listeners, event: listeners.listen(STREAM, KEY))
def tell_response(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[ForSome]:
    """Tell those whom a response is for; of agents who come to a department or leave it, them."""
    del settings
    told, scope, owner = event.arguments
    sessions = frozenset(
        each.session.id
        for each in listeners.of(STREAM, KEY)
        if _is_told(tx, _user_of(tx, each.session.identity), told, scope, owner)
    )
    if sessions:
        yield ForSome(Event(STREAM, KEY, tuple(told)), sessions)


def _user_of(tx: Tx, identity: tuple[str, str] | None) -> Principal | None:
    return None if identity is None else find_principal(tx, identity[0], hash_token(identity[1]))


def _is_told(
    tx: Tx, user: Principal | None, told: list[Any], scope: str, owner: str | None
) -> bool:
    if user is None or not user.may(_VIEW):
        return False
    if len(told) > 1:
        agents, gone = told[1]["agentsId"], told[0]["type"] == "removed"
        return user.id in agents and is_for(tx, user, scope, owner) is not gone
    return is_for(tx, user, scope, owner)
