"""All endpoints of conversations."""

from frontdesk.conversations import (
    direct_routes,
    inquiry_routes,
    member_routes,
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
    member_routes.routes,
    direct_routes.routes,
)
