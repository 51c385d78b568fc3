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
    wanted = os.environ.get("TZ", "").lstrip(":")
    if wanted and _exists(wanted):
        return wanted
    try:
        _, marker, name = str(Path("/etc/localtime").resolve()).rpartition("zoneinfo/")
    except OSError:
        return "UTC"
    return name if marker and _exists(name) else "UTC"


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
