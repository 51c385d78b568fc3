"""All endpoints of access."""

from frontdesk.access import (
    account_routes,
    login_routes,
    permission_routes,
    role_routes,
    server_routes,
    token_routes,
    two_factor_routes,
    user_routes,
)
from frontdesk.http import Routes

ROUTES: tuple[Routes, ...] = (
    login_routes.routes,
    two_factor_routes.routes,
    user_routes.routes,
    account_routes.routes,
    token_routes.routes,
    role_routes.routes,
    permission_routes.routes,
    server_routes.routes,
    server_routes.info_routes,
)
