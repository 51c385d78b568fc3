"""What the widget needs to know before a conversation: texts, colours, departments, who is online,
and what there is of its visitor.

Source: behaviour of the API, messages, section 5.1. Triggers, custom fields and emojis are left
out as long as there are none.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations.finding import open_room_of_visitor
from frontdesk.conversations.queue_places import queue_info
from frontdesk.conversations.routing import routing_method
from frontdesk.conversations.schemas import room_document
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.visitors import queries
from frontdesk.visitors.schemas import WidgetConfigQuery, guest_document
from frontdesk.workforce.agents_for_visitors import agent_for_visitors
from frontdesk.workforce.finding import (
    bot_is_there,
    department_is_online,
    somebody_is_online,
    widget_departments,
    widget_departments_of_unit,
)
from frontdesk.workforce.schemas import widget_department_document

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def widget_config(tx: Tx, settings: "Settings", query: WidgetConfigQuery) -> dict[str, Any]:
    """Return the configuration for one visitor, or for anybody without a token.

    An unknown token is no error. Raises Coded `error-unit-not-found` for an unknown business unit.
    """
    if not settings.flag("Livechat_enabled"):
        return {"enabled": False}
    return {
        "enabled": True,
        "settings": _settings(settings),
        "theme": _theme(settings),
        "messages": _messages(settings),
        "survey": {
            "items": [
                "satisfaction",
                "agentKnowledge",
                "agentResposiveness",
                "agentFriendliness",
            ],
            "values": ["1", "2", "3", "4", "5"],
        },
        "departments": _departments(tx, query.businessUnit),
        "online": _online(tx, settings, query.department),
        **_visitors_own(tx, settings, query.token),
    }


def _departments(tx: Tx, unit_id: str | None) -> list[dict[str, Any]]:
    found = widget_departments_of_unit(tx, unit_id) if unit_id else widget_departments(tx)
    if found is None:
        raise Coded(
            "error-unit-not-found", f"Error! No Active Business Unit found with id: {unit_id}"
        )
    return [widget_department_document(each) for each in found]


def _settings(settings: "Settings") -> dict[str, Any]:
    return {
        "registrationForm": settings.flag("Livechat_registration_form"),
        "allowSwitchingDepartments": settings.flag("Livechat_allow_switching_departments"),
        "nameFieldRegistrationForm": settings.flag("Livechat_name_field_registration_form"),
        "emailFieldRegistrationForm": settings.flag("Livechat_email_field_registration_form"),
        "displayOfflineForm": settings.flag("Livechat_display_offline_form"),
        "videoCall": settings.text("Omnichannel_call_provider") == "default-provider",
        "fileUpload": settings.flag("Livechat_fileupload_enabled")
        and settings.flag("FileUpload_Enabled"),
        "language": settings.text("Language"),
        "transcript": settings.flag("Livechat_enable_transcript"),
        "historyMonitorType": settings.text("Livechat_history_monitor_type"),
        "forceAcceptDataProcessingConsent": settings.flag(
            "Livechat_force_accept_data_processing_consent"
        ),
        "showConnecting": _shows_connecting(settings),
        "agentHiddenInfo": not settings.flag("Livechat_show_agent_info"),
        "clearLocalStorageWhenChatEnded": settings.flag(
            "Livechat_clear_local_storage_when_chat_ended"
        ),
        "limitTextLength": _text_limit(settings),
        "hiddenSystemMessages": settings.texts("Livechat_hide_system_messages"),
        "hideWatermark": settings.flag("Livechat_hide_watermark"),
        "visitorsCanCloseChat": settings.flag("Omnichannel_allow_visitors_to_close_conversation"),
    }


def _shows_connecting(settings: "Settings") -> bool:
    try:
        return routing_method(settings).showConnecting
    except Coded:  # a method that is not available keeps nobody from reading the configuration
        return False


def _text_limit(settings: "Settings") -> int | bool:
    """Return how many characters a visitor's message may have, or False for any number."""
    if not settings.flag("Livechat_enable_message_character_limit"):
        return False
    own = settings.number("Livechat_message_character_limit")
    return own or settings.number("Message_MaxAllowedSize")


def _theme(settings: "Settings") -> dict[str, Any]:
    return {
        "title": settings.text("Livechat_title"),
        "color": settings.text("Livechat_title_color"),
        "offlineTitle": settings.text("Livechat_offline_title"),
        "offlineColor": settings.text("Livechat_offline_title_color"),
        "position": settings.text("Livechat_widget_position") or "right",
        "background": settings.text("Livechat_background"),
        "hideExpandChat": settings.flag("Livechat_hide_expand_chat"),
        "actionLinks": {
            "jitsi": [
                {"icon": "icon-videocam", "i18nLabel": "Accept"},
                {"icon": "icon-cancel", "i18nLabel": "Decline"},
            ]
        },
    }


def _messages(settings: "Settings") -> dict[str, str]:
    texts = {
        "offlineMessage": "Livechat_offline_message",
        "offlineSuccessMessage": "Livechat_offline_success_message",
        "offlineUnavailableMessage": "Livechat_offline_form_unavailable",
        "conversationFinishedMessage": "Livechat_conversation_finished_message",
        "conversationFinishedText": "Livechat_conversation_finished_text",
        "transcriptMessage": "Livechat_transcript_message",
        "registrationFormMessage": "Livechat_registration_form_message",
        "dataProcessingConsentText": "Livechat_data_processing_consent_text",
    }
    return {name: settings.text(setting_id) for name, setting_id in texts.items()}


def _online(tx: Tx, settings: "Settings", department_id: str | None) -> bool:
    if settings.flag("Livechat_accept_chats_with_no_agents"):
        return True
    if settings.flag("Livechat_assign_new_conversation_to_bot") and bot_is_there(
        tx, department_id or None
    ):
        return True
    if department_id:
        return department_is_online(tx, settings, department_id)
    return somebody_is_online(tx, settings)


def _visitors_own(tx: Tx, settings: "Settings", token: str | None) -> dict[str, Any]:
    """Return the visitor, the open conversation, its place in the queue and its agent, as far as
    there are any.
    """
    visitor = tx.one(queries.VISITOR_BY_TOKEN, token=token) if token else None
    if visitor is None:
        return {}
    own: dict[str, Any] = {"guest": guest_document(visitor)}
    room = open_room_of_visitor(tx, visitor.token or "")
    if room is None:
        return own
    document = room_document(room)
    wanted = ("_id", "departmentId", "servedBy", "open")
    own["room"] = {name: document[name] for name in wanted if name in document}
    place = queue_info(tx, settings, room.id) if room.agent_id is None else None
    if place is not None:
        own["queueInfo"] = place
    agent = agent_for_visitors(tx, settings, room.agent_id)
    if agent is not None:
        own["agent"] = agent
    return own
