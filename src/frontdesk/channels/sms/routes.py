"""The HTTP face of SMS: where providers deliver what comes in."""

from typing import Any

import msgspec

from frontdesk.channels.sms.media import fetch_media
from frontdesk.channels.sms.provider import Request
from frontdesk.channels.sms.providers import PROVIDERS
from frontdesk.channels.sms.receiving import NotStored, receive_sms
from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer
from frontdesk.http.operation import Rate
from frontdesk.http.querystring import parse_form, parse_query

routes = Routes("Livechat")

_PATH = "/api/v1/livechat/sms-incoming/"


class TwilioSms(msgspec.Struct):
    """What Twilio sends; further members are tolerated."""

    From: str
    To: str
    Body: str
    NumMedia: str | None = None
    MediaUrl0: str | None = None
    MediaContentType0: str | None = None
    FromCountry: str | None = None
    FromState: str | None = None
    FromCity: str | None = None
    FromZip: str | None = None


# Providers call from few addresses for all who write: ten calls a minute would lose messages.
@routes.post(
    "livechat/sms-incoming/{service}",
    public=True,
    rate=Rate(600, 60_000),
    body_by_hand=TwilioSms,
    request={"From": "+5551123456789", "To": "+5551987654321", "Body": "SMS message"},
    parameters={"department": "Id or name of the department of a new conversation"},
    refusals=(
        "Invalid service",
        "error-sms-service-disabled",
        "error-sms-service-not-configured",
        "Invalid request",
        "Invalid data",
        "Sorry, no online agents [no-agent-online]",
    ),
)
async def sms_incoming(call: Call) -> Answer:
    """Take in an SMS.

    For the provider of the setting `SMS_Service`: `twilio`, whose signature is checked, or
    `voxtelesys` or `mobex`, which sign nothing. The answer has the form that the provider expects.
    """
    settings = call.settings
    service = call.path["service"].lower()
    if service != settings.text("SMS_Service").strip().lower():
        raise Refused("Invalid service")
    if not settings.flag("SMS_Enabled"):
        raise Refused("error-sms-service-disabled")
    provider = PROVIDERS.get(service)
    if provider is None:
        raise Refused("error-sms-service-not-configured")
    fields = _fields(call)
    path = _PATH + call.path["service"]
    if call.query_string:
        path += f"?{call.query_string.decode('latin-1')}"
    request = Request(path, call.headers, fields)
    if not call.workspace.config.test_mode and not provider.is_genuine(settings, request):
        raise Refused("Invalid request")
    sms = provider.read(fields)
    if sms is None:
        raise Refused("Invalid data")
    department = parse_query(call.query_string).get("department")
    file, members = await fetch_media(call.workspace, provider, sms.media)
    try:
        await call.write(
            receive_sms,
            settings,
            service,
            sms,
            department if isinstance(department, str) else None,
            file,
            members,
        )
    except NotStored as refusal:
        return provider.refused(str(refusal))
    return provider.accepted()


def _fields(call: Call) -> dict[str, Any]:
    """Return the members of a JSON object or the fields of a form; nothing for anything else."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_form(call.body_bytes))
    try:
        value = msgspec.json.decode(call.body_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
