"""All endpoints of the catalogue."""

from frontdesk.catalog import priority_routes, sla_routes, tag_routes

ROUTES = (priority_routes.routes, sla_routes.routes, tag_routes.routes)
