"""What widgets older than `livechat/config` ask for before a conversation.

The members are those of the configuration, under the names that such widgets know.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations.finding import open_room_of_visitor
from frontdesk.conversations.schemas import room_document
from frontdesk.db import Tx
from frontdesk.visitors.finding import visitor_with_token
from frontdesk.visitors.schemas import guest_document
from frontdesk.widget.configuration import departments_shown, is_online, triggers_shown
from frontdesk.widget.look import look

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_ROOM = ("_id", "name", "t", "cl", "open", "usernames", "v", "servedBy", "departmentId")
_SWITCHES = (
    "registrationForm",
    "allowSwitchingDepartments",
    "displayOfflineForm",
    "videoCall",
    "fileUpload",
    "nameFieldRegistrationForm",
    "emailFieldRegistrationForm",
    "showConnecting",
)
_MESSAGES = (
    "offlineMessage",
    "offlineSuccessMessage",
    "offlineUnavailableMessage",
    "conversationFinishedMessage",
    "conversationFinishedText",
    "registrationFormMessage",
)


def initial_data(
    tx: Tx, settings: "Settings", token: str | None, department_id: str | None
) -> dict[str, Any]:
    """Return how the widget looks, departments, triggers, whether somebody is online (in the
    department, if given), and the visitor with the open conversation; null where there is none.
    """
    shown = look(settings).members
    switches, theme, messages = shown["settings"], shown["theme"], shown["messages"]
    visitor = visitor_with_token(tx, token) if token else None
    room = open_room_of_visitor(tx, token) if token and visitor is not None else None
    document = None if room is None else room_document(room)
    return {
        "enabled": settings.flag("Livechat_enabled"),
        "title": theme["title"],
        "color": theme["color"],
        "offlineTitle": theme["offlineTitle"],
        "offlineColor": theme["offlineColor"],
        **{name: switches[name] for name in _SWITCHES},
        **{name: messages[name] for name in _MESSAGES},
        "triggers": triggers_shown(tx),
        "departments": departments_shown(tx),
        "online": is_online(tx, settings, department_id),
        "visitor": None if visitor is None else guest_document(visitor),
        "room": document and {name: document[name] for name in _ROOM if name in document},
    }
