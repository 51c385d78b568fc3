"""Whether the process lives, whether it can serve, its figures, and a page that says so."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import literal, select

from frontdesk.db import Query
from frontdesk.http.answers import Answer, encode
from frontdesk.http.call import Call
from frontdesk.http.operation import Routes

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

_PAGE = Path(__file__).with_name("welcome_page.html")
_PAGE_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
)
_ANYTHING = Query(select(literal(1)), int)


def probe_routes(workspace: "Workspace") -> Routes:
    """Return `/`, `/livez`, `/readyz`, `/health` and `/metrics`."""
    routes = Routes("Server", prefix="/")

    @routes.get("", public=True, limited=False)
    async def welcome(_: Call) -> Answer:
        """Say that the server answers.

        A page for people, with links to the rest.
        """
        return Answer(200, _PAGE.read_bytes(), [_PAGE_POLICY], b"text/html; charset=utf-8")

    @routes.get("livez", public=True, limited=False, example={"status": "alive"})
    async def live(_: Call) -> dict[str, Any]:
        """Is the process alive.

        Answers as long as the process can answer anything.
        """
        return {"status": "alive"}

    @routes.get(
        "readyz",
        "health",
        public=True,
        limited=False,
        example={"status": "ready", "database": "ok", "mail": "smtp"},
    )
    async def ready(call: Call) -> Answer:
        """Can the server serve.

        Asks the database. `mail` says where mail goes: `smtp`, or `files` where no SMTP server
        is configured and mail is written to the data folder instead of being sent.
        """
        from frontdesk.mail.delivery import mail_status

        status = {"mail": mail_status(call.settings)}
        try:
            await workspace.db.read(lambda tx: tx.one(_ANYTHING))
        except Exception as error:
            log.error("database_unreachable", error=str(error))
            failed = {"status": "unavailable", "database": "unreachable", **status}
            return Answer(503, encode({**failed, "success": False}))
        return Answer(200, encode({"status": "ready", "database": "ok", **status, "success": True}))

    @routes.get("metrics", public=True, limited=False)
    async def metrics(_: Call) -> Answer:
        """Figures for Prometheus.

        Requests by operation and status, times, jobs by kind, memory of the process.
        """
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return Answer(200, generate_latest(), content_type=CONTENT_TYPE_LATEST.encode())

    return routes
