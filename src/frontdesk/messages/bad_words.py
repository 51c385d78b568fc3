"""Words that a workspace does not want to read, hidden behind asterisks where that is switched on.

Source: settings of the workspace (`Message_AllowBadWordsFilter` and the two lists beside it);
behaviour of the API, messages, section 1.4, step 4. There is no list of our own: what is not
wanted differs from desk to desk.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def without_bad_words(settings: "Settings", text: str) -> str:
    """Return a text with each character of an unwanted word replaced by an asterisk."""
    if not settings.flag("Message_AllowBadWordsFilter"):
        return text
    pattern = _pattern(
        settings.text("Message_BadWordsFilterList"), settings.text("Message_BadWordsWhitelist")
    )
    if pattern is None:
        return text
    return pattern.sub(lambda found: "*" * len(found[0]), text)


@lru_cache(maxsize=8)
def _pattern(unwanted: str, allowed: str) -> re.Pattern[str] | None:
    """Return what finds whole words in any case: plain words, so that no text takes long."""
    words = _words(unwanted) - _words(allowed)
    if not words:
        return None
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def _words(listed: str) -> set[str]:
    return {word.strip().lower() for word in listed.split(",") if word.strip()}
