"""All endpoints of the widget."""

from frontdesk.widget import appearance_routes, config_routes

ROUTES = (config_routes.routes, appearance_routes.routes)
