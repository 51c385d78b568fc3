"""In which time zone the times of a transcript are written.

Source: behaviour of the API, messages and transcripts, section 1.11.
"""

from typing import TYPE_CHECKING

from frontdesk.clock import is_time_zone, server_zone

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
        return custom if is_time_zone(custom) else server_zone()
    if choice == "user" and utc_offset and float(utc_offset).is_integer():
        # The names of these zones count westwards: Etc/GMT-2 is two hours ahead of UTC.
        name = f"Etc/GMT{-int(utc_offset):+d}"
        return name if is_time_zone(name) else server_zone()
    return server_zone()
