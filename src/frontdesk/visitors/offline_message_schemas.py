"""Input of the form that visitors fill in while nobody is there."""

import msgspec


class OfflineMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/offline.message; `department` is an id or a name, `host` the address of
    the page.
    """

    name: str
    email: str
    message: str
    department: str | None = None
    host: str | None = None
