"""Mobex, a Jasmin gateway, which version 7 of the API dropped.

Source: behaviour of the API, messages, section 4.9; the sending is Jasmin's HTTP API. It signs
nothing: whoever knows the address can send messages in its name.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frontdesk.channels.sms.asking import ask_provider
from frontdesk.channels.sms.provider import (
    NotSent,
    OutgoingSms,
    Request,
    Sms,
    first_media,
    has_texts,
    text_of,
)
from frontdesk.http.answers import Answer

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_XML = b"text/xml"


class Mobex:
    """See `Provider`."""

    def is_genuine(self, settings: "Settings", request: Request) -> bool:
        """Return True: nothing tells."""
        return True

    def read(self, fields: Mapping[str, Any]) -> Sms | None:
        """Return the message; None without `from`, `to` and `content`."""
        if not has_texts(fields, "from", "to", "content"):
            return None
        return Sms(
            sender=fields["from"],
            recipient=fields["to"],
            text=fields["content"],
            id=text_of(fields, "id"),
            media=first_media(fields),
        )

    def accepted(self) -> Answer:
        """Return what the gateway takes for a receipt."""
        return Answer(200, b"ACK/Jasmin", content_type=_XML)

    def refused(self, reason: str) -> Answer:
        """Return the reason in the form that Twilio uses."""
        from frontdesk.channels.sms.twilio import Twilio

        return Twilio().refused(reason)

    def is_configured(self, settings: "Settings") -> bool:
        """Tell whether address and log-in are set."""
        needed = ("gateway_address", "username", "password")
        return all(settings.text(f"SMS_Mobex_{name}").strip() for name in needed)

    def media_rules(self, settings: "Settings") -> tuple[bool, list[str]]:
        """Return that no files can be sent."""
        return False, []

    def media_headers(self, settings: "Settings", url: str) -> dict[str, str]:
        """Return nothing: files are public."""
        return {}

    async def send(self, settings: "Settings", message: OutgoingSms) -> None:
        """Send by the gateway's HTTP API; raises NotSent."""
        sender = settings.text("SMS_Mobex_from_number").strip() or message.sender
        answer = await ask_provider(
            "GET",
            f"{settings.text('SMS_Mobex_gateway_address').strip().rstrip('/')}/send",
            settings.text("SSRF_Allowlist"),
            parameters={
                "username": settings.text("SMS_Mobex_username").strip(),
                "password": settings.text("SMS_Mobex_password").strip(),
                "to": "".join(each for each in message.recipient if each.isdigit()),
                "from": "".join(each for each in sender if each.isdigit()),
                "content": message.text,
            },
        )
        if not answer.text.lstrip().lower().startswith("success"):
            raise NotSent(answer.text[:300].strip(), for_good=True)
