"""What clients that speak SockJS ask before they connect.

Of its ways of transport only WebSocket is served, on `/sockjs/<3 digits>/<session>/websocket`.

Source: behaviour of the API, real time, section 1.1.
"""

import secrets

from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer, encode

routes = Routes("Methods", prefix="/")

_INFO = {"websocket": True, "origins": ["*:*"], "cookie_needed": False, "entropy": 2886218022}


@routes.get("sockjs/info", public=True, limited=False, example=_INFO)
async def info(_: Call) -> Answer:
    """Show what SockJS clients ask for first.

    `entropy` is another number at each call.
    """
    return Answer(200, encode({**_INFO, "entropy": secrets.randbits(32)}))
