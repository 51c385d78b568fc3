"""Which language a visitor reads, as far as the browser tells."""

import re

#: A language tag as browsers write it (RFC 5646): `en`, `pt-BR`, `zh-Hant-TW`.
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")


def first_language(accept_language: str | None) -> str | None:
    """Return the first tag of an Accept-Language header, or None where there is no sane one."""
    first = (accept_language or "").split(",")[0].split(";")[0].strip()
    return first if _TAG.fullmatch(first) else None
