"""All endpoints of the figures."""

from frontdesk.analytics import (
    agent_routes,
    dashboard_routes,
    department_routes,
    overview_routes,
    report_routes,
)

ROUTES = (
    overview_routes.routes,
    department_routes.routes,
    agent_routes.routes,
    dashboard_routes.routes,
    report_routes.routes,
)
