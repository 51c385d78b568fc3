"""Asking a server of the workspace's own what a trigger shall say to a visitor.

Source: behaviour of the API, messages, sections 6.4 and 6.5. Differing on purpose: visitors do not
get to read what the service says when it fails.
"""

from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from frontdesk.db import Tx
from frontdesk.errors import Refused, Silent
from frontdesk.http_client import NoAnswer, TooLate, fetch
from frontdesk.triggers.records import Trigger
from frontdesk.triggers.saving import find_trigger
from frontdesk.triggers.schemas import CallService, TryService

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

log = structlog.get_logger(__name__)

ACTION = "use-external-service"
#: Milliseconds that a service has, where nothing else is wanted; never more than MOST_TIME.
TEST_TIME = 1_000
CALL_TIME = 5_000
MOST_TIME = 60_000
#: Bytes of an answer that are read, and how many characters of a wrong one are shown.
LONGEST_ANSWER = 256 * 1024
LONGEST_SHOWN = 10_000

_WRONG = "External service response does not match expected format"
_FALLBACK = "trigger-default-fallback-message"
_TEST_ID, _TEST_TOKEN = "test-trigger", "1234567890"


class _Message(msgspec.Struct):
    """One of the messages to show, and its place among them."""

    msg: str
    order: float


class _Contents(msgspec.Struct):
    """What a service answers."""

    contents: list[_Message]


class Service(msgspec.Struct, frozen=True):
    """A service and what to ask it: `timeout` in milliseconds, `extras` as the page gave them."""

    trigger_id: str
    url: str
    timeout: float
    fallback: str
    visitor_token: str
    extras: list[dict[str, str]] | None
    for_staff: bool = False


def service_to_try(given: TryService) -> Service:
    """Return the service that somebody who manages triggers wants to try."""
    return Service(
        trigger_id=_TEST_ID,
        url=given.webhookUrl,
        timeout=given.timeout or TEST_TIME,
        fallback=given.fallbackMessage,
        visitor_token=_TEST_TOKEN,
        extras=given.extraData,
        for_staff=True,
    )


def service_of_trigger(tx: Tx, trigger_id: str, given: CallService) -> Service:
    """Return the service of a trigger, to be asked for a visitor.

    Raises Refused `Invalid trigger`, for a trigger that does something else, and for one without
    an address.
    """
    trigger = find_trigger(tx, trigger_id)
    if trigger is None:
        raise Refused("Invalid trigger")
    if not trigger.actions or any(each["name"] != ACTION for each in trigger.actions):
        raise Refused("Trigger is not configured to use an external service")
    return _of_first_action(trigger, given)


def _of_first_action(trigger: Trigger, given: CallService) -> Service:
    parameters: dict[str, Any] = trigger.actions[0].get("params") or {}
    if not parameters.get("serviceUrl"):
        raise Refused("Invalid service URL")
    return Service(
        trigger_id=trigger.id,
        url=parameters["serviceUrl"],
        timeout=parameters.get("serviceTimeout") or CALL_TIME,
        fallback=parameters.get("serviceFallbackMessage") or _FALLBACK,
        visitor_token=given.token,
        extras=given.extraData,
    )


async def ask_service(settings: "Settings", service: Service) -> dict[str, Any]:
    """Return what a service wants to be said, as the API answers it.

    Raises Refused where the workspace has no secret token, and Silent with `error-timeout` or
    `error-invalid-external-service-response`.
    """
    secret = settings.text("Livechat_secret_token")
    if not secret:
        raise Refused("Livechat secret token is not configured")
    body: dict[str, Any] = {"visitorToken": service.visitor_token}
    if service.extras is not None:
        body["metadata"] = service.extras
    try:
        answer = await fetch(
            "POST",
            service.url,
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                "X-RocketChat-Livechat-Token": secret,
            },
            body=msgspec.json.encode(body),
            timeout=min(max(service.timeout, 1), MOST_TIME) / 1000,
            largest=LONGEST_ANSWER,
            allowlist=settings.text("SSRF_Allowlist"),
        )
    except NoAnswer as error:
        log.warning("trigger_service_not_answered", trigger=service.trigger_id, reason=str(error))
        late = isinstance(error, TooLate)
        code = "error-timeout" if late else "error-invalid-external-service-response"
        raise _failure(service, code, str(error)) from error
    if answer.status != 200:
        raise _failure(service, "error-invalid-external-service-response", answer.text)
    contents = _contents(answer.body)
    if not contents:
        raise _failure(service, "error-invalid-external-service-response", _WRONG)
    return {
        "triggerId": service.trigger_id,
        "response": {"statusCode": 200, "contents": contents},
    }


def _contents(body: bytes) -> list[dict[str, Any]]:
    """Return the messages in an answer; none if it has another form."""
    try:
        found = msgspec.json.decode(body, type=_Contents).contents
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return [{"msg": each.msg, "order": _whole(each.order)} for each in found]


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _failure(service: Service, code: str, said: str) -> Silent:
    return Silent(
        {
            "triggerId": service.trigger_id,
            "error": code,
            "response": said[:LONGEST_SHOWN] if service.for_staff else _WRONG,
            "fallbackMessage": service.fallback,
        }
    )
