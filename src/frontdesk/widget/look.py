"""What the settings say about the widget: it is the same for everybody, so it is put together once
for each state of the settings.

Source: behaviour of the API, messages, section 5.1.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations.routing import routing_method
from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Texts of the widget, by the settings that hold them.
_MESSAGES = {
    "offlineMessage": "Livechat_offline_message",
    "offlineSuccessMessage": "Livechat_offline_success_message",
    "offlineUnavailableMessage": "Livechat_offline_form_unavailable",
    "conversationFinishedMessage": "Livechat_conversation_finished_message",
    "conversationFinishedText": "Livechat_conversation_finished_text",
    "transcriptMessage": "Livechat_transcript_message",
    "registrationFormMessage": "Livechat_registration_form_message",
    "dataProcessingConsentText": "Livechat_data_processing_consent_text",
}


class Look(msgspec.Struct, frozen=True):
    """A state of the settings, and the members of the configuration that follow from it; `raw`
    holds the same members as JSON.
    """

    settings: "Settings"
    members: dict[str, Any]
    raw: dict[str, msgspec.Raw]


#: The one put together last. Settings never change, they are replaced.
_latest: Look | None = None


def look(settings: "Settings") -> Look:
    """Return what the settings say about the widget."""
    global _latest
    known = _latest
    if known is None or known.settings is not settings:
        members = _members(settings)
        raw = {name: msgspec.Raw(msgspec.json.encode(each)) for name, each in members.items()}
        known = _latest = Look(settings, members, raw)
    return known


def _members(settings: "Settings") -> dict[str, Any]:
    return {
        "settings": _switches(settings),
        "theme": _theme(settings),
        "messages": {name: settings.text(setting_id) for name, setting_id in _MESSAGES.items()},
        "survey": {
            "items": ["satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"],
            "values": ["1", "2", "3", "4", "5"],
        },
        "resources": {
            "sound": settings.text("Site_Url").rstrip("/") + "/sounds/chime.mp3",
            "emojis": [],
        },
    }


def _switches(settings: "Settings") -> dict[str, Any]:
    flag = settings.flag
    return {
        "registrationForm": flag("Livechat_registration_form"),
        "allowSwitchingDepartments": flag("Livechat_allow_switching_departments"),
        "nameFieldRegistrationForm": flag("Livechat_name_field_registration_form"),
        "emailFieldRegistrationForm": flag("Livechat_email_field_registration_form"),
        "displayOfflineForm": flag("Livechat_display_offline_form"),
        "videoCall": settings.text("Omnichannel_call_provider") == "default-provider",
        "fileUpload": flag("Livechat_fileupload_enabled") and flag("FileUpload_Enabled"),
        "language": settings.text("Language"),
        "transcript": flag("Livechat_enable_transcript"),
        "historyMonitorType": settings.text("Livechat_history_monitor_type"),
        "forceAcceptDataProcessingConsent": flag("Livechat_force_accept_data_processing_consent"),
        "showConnecting": _shows_connecting(settings),
        "agentHiddenInfo": not flag("Livechat_show_agent_info"),
        "clearLocalStorageWhenChatEnded": flag("Livechat_clear_local_storage_when_chat_ended"),
        "limitTextLength": _text_limit(settings),
        "hiddenSystemMessages": settings.texts("Livechat_hide_system_messages"),
        "livechatLogo": {},
        "hideWatermark": flag("Livechat_hide_watermark"),
        "visitorsCanCloseChat": flag("Omnichannel_allow_visitors_to_close_conversation"),
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
