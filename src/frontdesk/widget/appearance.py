"""How the widget looks and what it says: some of the settings, for those who manage conversations.

Source: behaviour of the API, messages, sections 5.3 and 5.4.
"""

import re
from collections.abc import Sequence
from typing import Any

from frontdesk.db import Tx
from frontdesk.settings.registry import Setting, load_registry
from frontdesk.settings.schemas import complete_document
from frontdesk.settings.store import read_values, write_setting
from frontdesk.widget.schemas import SettingValue

SETTINGS = (
    "Livechat_title",
    "Livechat_title_color",
    "Livechat_enable_message_character_limit",
    "Livechat_message_character_limit",
    "Livechat_show_agent_info",
    "Livechat_show_agent_email",
    "Livechat_display_offline_form",
    "Livechat_offline_form_unavailable",
    "Livechat_offline_message",
    "Livechat_offline_success_message",
    "Livechat_offline_title",
    "Livechat_offline_title_color",
    "Livechat_offline_email",
    "Livechat_conversation_finished_message",
    "Livechat_conversation_finished_text",
    "Livechat_registration_form",
    "Livechat_name_field_registration_form",
    "Livechat_email_field_registration_form",
    "Livechat_registration_form_message",
    "Livechat_hide_watermark",
    "Livechat_background",
    "Livechat_widget_position",
    "Livechat_hide_system_messages",
    "Livechat_hide_expand_chat",
    "Omnichannel_allow_visitors_to_close_conversation",
)
_KNOWN = frozenset(SETTINGS)

#: What parseInt of JavaScript reads; more digits would be no whole number there.
_LEADING_NUMBER = re.compile(r"\s*([+-]?\d{1,15})", re.ASCII)


def read_appearance(tx: Tx) -> list[dict[str, Any]]:
    """Return the settings with all that a form needs to show them."""
    registry, stored = load_registry(), read_values(tx, _KNOWN)
    return [complete_document(registry[each], stored[each]) for each in SETTINGS]


def are_known(wanted: Sequence[SettingValue]) -> bool:
    """Tell whether all are settings of the widget."""
    return _KNOWN.issuperset(each.setting_id for each in wanted)


def save_appearance(tx: Tx, wanted: Sequence[SettingValue]) -> None:
    """Store values of settings, of which each is of the widget; the first counts if one stands
    there twice. Choices that there are not are left as they were.
    """
    registry = load_registry()
    values = {each.setting_id: each.value for each in reversed(wanted)}
    # In one order for everybody: two who save at once must not wait for each other.
    for setting_id in sorted(values):
        setting = registry[setting_id]
        if setting.type != "multiSelect" or _is_choice(setting, values[setting_id]):
            write_setting(tx, setting_id, _fitting(setting, values[setting_id]))


def _is_choice(setting: Setting, value: Any) -> bool:
    return isinstance(value, list) and all(each in setting.values for each in value)


def _fitting(setting: Setting, value: Any) -> Any:
    """Return the value as the setting's type has it; texts are stored as they are."""
    match setting.type:
        case "boolean":
            return value is True or value == "true"
        case "int":
            return _number(value)
        case _:
            return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool | list):
        return 0
    if isinstance(value, str):
        found = _LEADING_NUMBER.match(value)
        return 0 if found is None else int(found[1])
    number: int | float = value
    return number
