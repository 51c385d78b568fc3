"""Which canned responses a user may use.

Source: behaviour of the API, priorities and analytics, section 6.1.
"""

from frontdesk.canned_responses.records import CannedResponse, audience_of
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.workforce.restrictions import departments_of_staff

VIEW_ALL = "view-all-canned-responses"


def departments_of(tx: Tx, user: Principal) -> frozenset[str] | None:
    """Return the departments whose responses a user may use; None for all.

    Those the user is an agent of, and those of units the user monitors, disabled ones included.
    """
    return None if user.may(VIEW_ALL) else departments_of_staff(tx, user.id)


def is_for(tx: Tx, user: Principal, scope: str, owner: str | None) -> bool:
    """Tell whether responses of a scope and owner are among those that a user has at hand.

    Others' own ones never are, also for those who may list and read everything.
    """
    match scope:
        case "global":
            return True
        case "user":
            return owner == user.id
        case _:
            departments = departments_of(tx, user)
            return departments is None or owner in departments


def may_read(tx: Tx, user: Principal, response: CannedResponse) -> bool:
    """Tell whether a user may read a response: those at hand, or all with VIEW_ALL."""
    return user.may(VIEW_ALL) or is_for(tx, user, *audience_of(response))
