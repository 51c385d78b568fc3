"""The jobs of mail, for the worker."""

from typing import TYPE_CHECKING

from frontdesk.jobs import Handler
from frontdesk.mail.sending import SEND, send_mail

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

#: With five minutes between attempts on average this is about a day: mail servers are down for
#: hours, and greylisting ones ask for patience (RFC 5321, 4.5.4.1).
ATTEMPTS = {SEND: 300}


def job_handlers(workspace: "Workspace") -> dict[str, Handler]:
    """Return the handlers by kind."""
    return {SEND: send_mail(workspace)}
