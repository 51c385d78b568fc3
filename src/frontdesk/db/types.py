"""Column types that read the same on both engines."""

import re
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, MetaData, Text
from sqlalchemy.types import TypeDecorator

#: All tables of the workspace; features add theirs in their `tables.py`.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

#: Milliseconds since the epoch, UTC.
Milliseconds = BigInteger

#: NUL as JSON spells it; behind an odd number of backslashes the same letters are plain text.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


class Json(TypeDecorator[Any]):
    """A JSON value kept as text: small, order-keeping, decoded by msgspec.

    Not JSONB: values are read whole, and the same bytes travel on both engines.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Encode a value; None stays NULL. A NUL character, which PostgreSQL cannot hold,
        becomes U+FFFD.
        """
        if value is None:
            return None
        text = _encoder.encode(value).decode()
        return _NUL.sub(r"\1\\ufffd", text) if "\\u0000" in text else text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Decode the stored text."""
        return None if value is None else _decoder.decode(value)
