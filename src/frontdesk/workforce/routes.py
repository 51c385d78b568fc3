"""All endpoints of the workforce."""

from frontdesk.workforce import department_routes, staff_routes

ROUTES = (staff_routes.routes, department_routes.routes)
