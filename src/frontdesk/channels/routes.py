"""All endpoints of this feature."""

from frontdesk.channels.email import routes as email_routes
from frontdesk.channels.mailer import routes as mailer_routes
from frontdesk.channels.sms import routes as sms_routes

ROUTES = (
    sms_routes.routes,
    email_routes.routes,
    email_routes.commands,
    mailer_routes.routes,
    mailer_routes.pages,
)
