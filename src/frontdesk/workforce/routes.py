"""All endpoints of the workforce."""

from frontdesk.workforce import (
    business_hour_routes,
    department_routes,
    staff_routes,
    unit_routes,
)

ROUTES = (
    staff_routes.routes,
    department_routes.routes,
    unit_routes.units,
    unit_routes.monitor_routes,
    business_hour_routes.routes,
)
