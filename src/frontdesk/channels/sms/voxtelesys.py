"""Voxtelesys, which version 7 of the API dropped.

Source: behaviour of the API, messages, section 4.9. It signs nothing: whoever knows the address can
send messages in its name.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.channels.sms.asking import ask_provider
from frontdesk.channels.sms.provider import Media, OutgoingSms, Request, Sms, has_texts, text_of
from frontdesk.http.answers import Answer, encode

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Voxtelesys:
    """See `Provider`."""

    def is_genuine(self, settings: "Settings", request: Request) -> bool:
        """Return True: nothing tells."""
        return True

    def read(self, fields: Mapping[str, Any]) -> Sms | None:
        """Return the message; None without `from`, `to` and `body`."""
        if not has_texts(fields, "from", "to", "body"):
            return None
        media = fields.get("media")
        first = media[0] if isinstance(media, list) and media else None
        return Sms(
            sender=fields["from"],
            recipient=_first(fields["to"]),
            text=fields["body"],
            id=text_of(fields, "id"),
            media=Media(first, "") if isinstance(first, str) else None,
        )

    def accepted(self) -> Answer:
        """Return the answer that says so."""
        return Answer(200, encode({"success": True}))

    def refused(self, reason: str) -> Answer:
        """Return the answer that says why."""
        return Answer(200, encode({"success": False, "error": reason}))

    def is_configured(self, settings: "Settings") -> bool:
        """Tell whether address and token are set."""
        return bool(
            settings.text("SMS_Voxtelesys_URL").strip()
            and settings.text("SMS_Voxtelesys_authToken").strip()
        )

    def media_rules(self, settings: "Settings") -> tuple[bool, list[str]]:
        """Return what the workspace lets Voxtelesys fetch."""
        return (
            settings.flag("SMS_Voxtelesys_FileUpload_Enabled"),
            settings.texts("SMS_Voxtelesys_FileUpload_MediaTypeWhiteList"),
        )

    def media_headers(self, settings: "Settings", url: str) -> dict[str, str]:
        """Return nothing: files are public."""
        return {}

    async def send(self, settings: "Settings", message: OutgoingSms) -> None:
        """Send by its HTTP API; raises NotSent."""
        fields: dict[str, Any] = {
            "to": [message.recipient],
            "from": message.sender,
            "body": message.text,
        }
        if message.media_url is not None:
            fields["media"] = [message.media_url]
        token = settings.text("SMS_Voxtelesys_authToken").strip()
        await ask_provider(
            "POST",
            settings.text("SMS_Voxtelesys_URL").strip(),
            settings.text("SSRF_Allowlist"),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            body=msgspec.json.encode(fields),
        )


def _first(recipients: str) -> str:
    return recipients.partition(",")[0].strip()
