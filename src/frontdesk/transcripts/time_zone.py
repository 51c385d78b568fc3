"""In which time zone the times of a transcript are written.

Source: behaviour of the API, messages and transcripts, section 1.11.
"""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def transcript_zone(settings: "Settings", utc_offset: float | None) -> str:
    """Return the IANA name of the zone that the settings choose.

    `utc_offset` is the offset in hours of the user whose zone counts where the setting says
    `user`: the requester for an e-mail, the serving agent for a PDF.
    """
    choice = settings.text("Default_Timezone_For_Reporting")
    if choice == "custom":
        custom = settings.text("Default_Custom_Timezone")
        return custom if _exists(custom) else server_zone()
    if choice == "user" and utc_offset and float(utc_offset).is_integer():
        # The names of these zones count westwards: Etc/GMT-2 is two hours ahead of UTC.
        name = f"Etc/GMT{-int(utc_offset):+d}"
        return name if _exists(name) else server_zone()
    return server_zone()


@cache
def server_zone() -> str:
    """Return the zone of the machine, UTC where it has none that is known."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not _exists(name):
        try:
            name = str(Path("/etc/localtime").resolve()).rpartition("zoneinfo/")[2]
        except OSError:
            name = "UTC"
    # The many names of UTC are shown as one.
    return name if _exists(name) and name.removeprefix("Etc/") not in _UTC else "UTC"


_UTC = ("UTC", "UCT", "Universal", "Zulu", "GMT", "Greenwich")


def _exists(name: str) -> bool:
    if not name:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
