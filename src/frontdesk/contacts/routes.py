"""All endpoints of contacts."""

from frontdesk.contacts.contact_routes import routes as contact_routes
from frontdesk.contacts.old_routes import routes as old_routes

ROUTES = (contact_routes, old_routes)
