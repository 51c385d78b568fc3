"""The real-time methods of settings.

Source: behaviour of the API, real time, section 5.5.
"""

from datetime import datetime
from typing import Any

from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods
from frontdesk.settings.listing import public_settings
from frontdesk.settings.schemas import setting_document

methods = Methods()


@methods.method("public-settings/get", public=True)
async def get_public(caller: Caller, since: datetime | None = None) -> Any:
    """Answer the settings that anybody may read; to those who have some, all of them again."""
    found = [setting_document(each, caller.settings) for each in public_settings()]
    return found if since is None else {"update": found, "remove": []}
