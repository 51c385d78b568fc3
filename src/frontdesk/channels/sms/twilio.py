"""Twilio.

Source: behaviour of the API, messages, section 4.9; the signature and the sending are Twilio's own
(its REST API of 2010-04-01).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit
from xml.sax.saxutils import escape

import msgspec

from frontdesk.channels.sms.asking import SHOWN, Unwilling, ask_provider
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
_PLACE = {"country": "FromCountry", "state": "FromState", "city": "FromCity", "zip": "FromZip"}


class _Refusal(msgspec.Struct):
    """What Twilio says when it takes a message not."""

    message: str


class Twilio:
    """See `Provider`."""

    def is_genuine(self, settings: "Settings", request: Request) -> bool:
        """Tell whether the signature is that of the account: HMAC-SHA-1 over the public address
        and the fields, by name. Without a token or an address of the site nothing is genuine.
        """
        token = settings.text("SMS_Twilio_authToken")
        site = _split(settings.text("Site_Url").strip())
        given = request.headers.get("x-twilio-signature", "")
        if not token or site is None or not site.netloc or not given.isascii():
            return False
        signed = f"{site.scheme}://{site.netloc}{request.path}" + "".join(
            f"{name}{_spelled(value)}" for name, value in sorted(request.fields.items())
        )
        digest = hmac.digest(token.encode(), signed.encode(errors="replace"), hashlib.sha1)
        return hmac.compare_digest(base64.b64encode(digest).decode(), given)

    def read(self, fields: Mapping[str, Any]) -> Sms | None:
        """Return the message; None without `From`, `To` and `Body`."""
        if not has_texts(fields, "From", "To", "Body"):
            return None
        place = {key: text_of(fields, name) for key, name in _PLACE.items()}
        return Sms(
            sender=fields["From"],
            recipient=fields["To"],
            text=fields["Body"],
            id=text_of(fields, "MessageSid") or text_of(fields, "SmsMessageSid"),
            media=first_media(fields),
            location=_location(fields),
            place={key: value for key, value in place.items() if value},
        )

    def accepted(self) -> Answer:
        """Return TwiML that does nothing."""
        return Answer(200, b"<Response></Response>", content_type=_XML)

    def refused(self, reason: str) -> Answer:
        """Return TwiML with the reason."""
        said = f"<Message>{escape(reason)}</Message>" if reason else ""
        return Answer(200, f"<Response>{said}</Response>".encode(), content_type=_XML)

    def is_configured(self, settings: "Settings") -> bool:
        """Tell whether account and token are set."""
        account, token = _account(settings)
        return bool(account and token)

    def media_rules(self, settings: "Settings") -> tuple[bool, list[str]]:
        """Return what the workspace lets Twilio fetch."""
        return (
            settings.flag("SMS_Twilio_FileUpload_Enabled"),
            settings.texts("SMS_Twilio_FileUpload_MediaTypeWhiteList"),
        )

    def media_headers(self, settings: "Settings", url: str) -> dict[str, str]:
        """Return the log-in for files that lie with Twilio itself; for others nothing."""
        parts = _split(url)
        if parts is None or parts.scheme != "https" or not self.is_configured(settings):
            return {}
        own = (parts.hostname or "").endswith(".twilio.com")
        return _authorization(settings) if own else {}

    async def send(self, settings: "Settings", message: OutgoingSms) -> None:
        """Send by the REST API; raises NotSent with Twilio's words."""
        fields = {"From": message.sender, "To": message.recipient, "Body": message.text}
        if message.media_url is not None:
            fields["MediaUrl"] = message.media_url
        if message.location is not None:
            latitude, longitude = message.location
            fields["PersistentAction"] = f"geo:{latitude},{longitude}"
        account = quote(_account(settings)[0], safe="")
        api = settings.text("SMS_Twilio_API_URL").strip().rstrip("/")
        try:
            await ask_provider(
                "POST",
                f"{api}/2010-04-01/Accounts/{account}/Messages.json",
                settings.text("SSRF_Allowlist"),
                headers={
                    **_authorization(settings),
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                body=urlencode(fields).encode(),
            )
        except Unwilling as refusal:
            said = _reason(refusal.answer.body) or str(refusal)
            raise NotSent(said, for_good=refusal.for_good) from refusal


def _reason(answer: bytes) -> str:
    try:
        return msgspec.json.decode(answer, type=_Refusal).message[:SHOWN]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _account(settings: "Settings") -> tuple[str, str]:
    return (
        settings.text("SMS_Twilio_Account_SID").strip(),
        settings.text("SMS_Twilio_authToken").strip(),
    )


def _authorization(settings: "Settings") -> dict[str, str]:
    pair = ":".join(_account(settings)).encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _location(fields: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        latitude, longitude = float(fields["Latitude"]), float(fields["Longitude"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    # Also false for NaN, which JSON cannot hold.
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if on_earth else None
