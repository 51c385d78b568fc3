"""The input of the transcript endpoints."""

import msgspec


class VisitorTranscript(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/transcript; `subject` is tolerated and not used."""

    rid: str
    token: str
    email: str
    subject: str | None = None


class ScheduledTranscript(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/transcript/{rid}."""

    email: str
    subject: str
