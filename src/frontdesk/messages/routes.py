"""All endpoints of messages."""

from frontdesk.messages import chat_routes, file_routes, history_routes, visitor_routes

ROUTES = (
    visitor_routes.routes,
    chat_routes.routes,
    history_routes.routes,
    file_routes.uploads,
    file_routes.downloads,
)
