"""All endpoints of conversations."""

from frontdesk.conversations import (
    inquiry_routes,
    queue_routes,
    record_routes,
    room_routes,
    transfer_routes,
)

ROUTES = (
    room_routes.routes,
    transfer_routes.routes,
    record_routes.routes,
    inquiry_routes.routes,
    queue_routes.routes,
    inquiry_routes.rooms,
)
