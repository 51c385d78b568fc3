"""What every SMS provider has to offer, and what goes between it and us."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from frontdesk.http.answers import Answer

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Request(msgspec.Struct, frozen=True):
    """A request that claims to come from a provider: its path with the query, the headers by
    lower-case name, and the fields of its body as they were sent.
    """

    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]


class Media(msgspec.Struct, frozen=True):
    """A file that came with a message: where it lies, and the type it is said to have."""

    url: str
    content_type: str


class Sms(msgspec.Struct, frozen=True):
    """A message that came in. `id` is the provider's own, empty if it gives none; `place` holds
    country, state, city and zip of the sender as far as they are told; `location` is latitude and
    longitude in degrees.
    """

    sender: str
    recipient: str
    text: str
    id: str = ""
    media: Media | None = None
    location: tuple[float, float] | None = None
    place: dict[str, str] = {}


class OutgoingSms(msgspec.Struct, frozen=True):
    """A message that goes out; `location` is latitude and longitude in degrees."""

    sender: str
    recipient: str
    text: str
    media_url: str | None = None
    location: tuple[float, float] | None = None


class NotSent(Exception):
    """The provider did not take a message. The text is for the agent; `for_good` says that another
    try is of no use.
    """

    def __init__(self, text: str, *, for_good: bool) -> None:
        super().__init__(text)
        self.for_good = for_good


class Provider(Protocol):
    """An SMS provider."""

    def is_genuine(self, settings: "Settings", request: Request) -> bool:
        """Tell whether a request comes from the provider, where that can be told."""
        ...

    def read(self, fields: Mapping[str, Any]) -> Sms | None:
        """Return the message that a request brings, None if there is none in it."""
        ...

    def accepted(self) -> Answer:
        """Return the answer to a request whose message was stored."""
        ...

    def refused(self, reason: str) -> Answer:
        """Return the answer to a request whose message could not be stored."""
        ...

    def is_configured(self, settings: "Settings") -> bool:
        """Tell whether the workspace can send by this provider."""
        ...

    def media_rules(self, settings: "Settings") -> tuple[bool, list[str]]:
        """Return whether files may be sent, and the types that may: `image/*`, `text/plain`."""
        ...

    def media_headers(self, settings: "Settings", url: str) -> dict[str, str]:
        """Return the headers with which a message's file is fetched."""
        ...

    async def send(self, settings: "Settings", message: OutgoingSms) -> None:
        """Hand a message to the provider; raises NotSent."""
        ...


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """Return a field as text: empty if it is missing or no text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def has_texts(fields: Mapping[str, Any], sender: str, *names: str) -> bool:
    """Tell whether all fields are texts, and that of the sender is not blank."""
    return bool(text_of(fields, sender).strip()) and all(
        isinstance(fields.get(name), str) for name in names
    )


def first_media(fields: Mapping[str, Any]) -> Media | None:
    """Return the first of numbered files (`NumMedia`, `MediaUrl0`, `MediaContentType0`)."""
    url = text_of(fields, "MediaUrl0")
    if not url or str(fields.get("NumMedia", "0")).strip() in ("", "0"):
        return None
    return Media(url, text_of(fields, "MediaContentType0"))
