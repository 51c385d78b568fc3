"""All endpoints of conversations."""

from frontdesk.conversations import inquiry_routes, room_routes

ROUTES = (room_routes.routes, inquiry_routes.routes, inquiry_routes.rooms)
