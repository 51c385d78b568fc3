"""The mailer on the wire."""

from typing import Annotated

import msgspec


class SendMailing(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST mailer. `query` is JSON text: a filter of users."""

    sender: str = msgspec.field(name="from")
    subject: Annotated[str, msgspec.Meta(max_length=1_000)]
    body: Annotated[str, msgspec.Meta(max_length=100_000)]
    dryrun: bool | None = None
    query: Annotated[str, msgspec.Meta(max_length=10_000)] | None = None


class RefuseMailings(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST mailer.unsubscribe, as it stands in the link of every mail."""

    user_id: str = msgspec.field(name="_id")
    created_at: str = msgspec.field(name="createdAt")
