"""The jobs of the channels."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.channels.email import sending as email_sending
from frontdesk.channels.mailer import mailing
from frontdesk.channels.sms import sending as sms_sending
from frontdesk.jobs import Handler

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

#: Servers of others may take their time: nobody else's jobs wait for them.
LANES = {sms_sending.SEND: 8, email_sending.SEND: 8}
ATTEMPTS = {**sms_sending.ATTEMPTS, **email_sending.ATTEMPTS}


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""
    return {
        sms_sending.SEND: sms_sending.send_waiting(workspace),
        email_sending.SEND: email_sending.send_promised(workspace),
        mailing.MAIL_ALL: mailing.mail_all(workspace),
    }
