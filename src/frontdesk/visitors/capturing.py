"""Keeping the addresses and telephone numbers that visitors mention in what they write.

Source: behaviour of the API, messages, section 1.5, step 10.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from frontdesk.db import Tx
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

log = structlog.get_logger(__name__)

#: Characters of a message that are looked through. The patterns are the workspace's own, and
#: such patterns easily take time that grows with the square of the text.
LOOKED_THROUGH = 1_000
#: Addresses, and numbers, kept of one visitor: more reach nobody.
MOST_KEPT = 20


def capture_lead(tx: Tx, settings: "Settings", visitor: Visitor, said: str) -> bool:
    """Add what the workspace's patterns find in a visitor's text to the visitor's record.

    Each is kept once. Returns whether anything was found, and announces it as `lead`.
    """
    text = said[:LOOKED_THROUGH]
    emails = _found(settings.text("Livechat_lead_email_regex"), text)
    phones = _found(settings.text("Livechat_lead_phone_regex"), text)
    if not emails and not phones:
        return False
    known = [each["address"] for each in visitor.emails or ()]
    numbers = [each["phoneNumber"] for each in visitor.phones or ()]
    all_emails = list(dict.fromkeys([*known, *emails]))[: max(MOST_KEPT, len(known))]
    all_numbers = list(dict.fromkeys([*numbers, *phones]))[: max(MOST_KEPT, len(numbers))]
    if all_emails != known or all_numbers != numbers:
        tx.patch(
            queries.PATCH_VISITOR,
            visitor.id,
            email=all_emails[0] if all_emails else None,
            emails=[{"address": each} for each in all_emails] or None,
            phone=all_numbers[0] if all_numbers else None,
            phones=[{"phoneNumber": each} for each in all_numbers] or None,
            updated_at=tx.now,
        )
    tx.emit("lead", visitor.id, {"emails": emails, "phones": phones})
    return True


def _found(pattern: str, text: str) -> list[str]:
    expression = _compiled(pattern)
    if expression is None:
        return []
    return [found[0].strip() for found in expression.finditer(text) if found[0].strip()]


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if not pattern:
        return None
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        log.warning("pattern_not_understood", pattern=pattern, error=str(error))
        return None
