"""All SQL of the channels."""

from sqlalchemy import bindparam, delete, or_, select, update

from frontdesk.channels.records import Inbox, Remembered, Sender, Waiting, Watch
from frontdesk.channels.tables import (
    channel_senders,
    email_history,
    email_inboxes,
    email_watches,
    mailer_refusals,
    sms_outbox,
)
from frontdesk.db import Command, Insert, Patch, Query, columns_of

# Senders -------------------------------------------------------------------------------------

SENDER = Query(
    columns_of(channel_senders, Sender).where(
        channel_senders.c.channel == bindparam("channel"),
        channel_senders.c.address == bindparam("address"),
    ),
    Sender,
)
KEEP_SENDER = Insert(channel_senders, replace_on=["channel", "address"])
FORGET_SENDERS = Command(
    delete(channel_senders).where(channel_senders.c.visitor_id == bindparam("visitor_id"))
)

# SMS -----------------------------------------------------------------------------------------

ADD_WAITING = Insert(sms_outbox, skip_conflicts=True)
NEXT_WAITING = Query(
    columns_of(sms_outbox, Waiting)
    .where(sms_outbox.c.room_id == bindparam("room_id"))
    .order_by(sms_outbox.c.sent_at, sms_outbox.c.message_id)
    .limit(1),
    Waiting,
)
COUNT_TRY = Command(
    update(sms_outbox)
    .where(sms_outbox.c.message_id == bindparam("of_message"))
    .values(tries=sms_outbox.c.tries + 1)
)
REMOVE_WAITING = Command(delete(sms_outbox).where(sms_outbox.c.message_id == bindparam("gone")))
FORGET_WAITING_OF_ROOM = Command(
    delete(sms_outbox).where(sms_outbox.c.room_id == bindparam("room_id"))
)

# E-mail inboxes ------------------------------------------------------------------------------

_INBOXES = columns_of(email_inboxes, Inbox)
ALL_INBOXES = Query(_INBOXES.order_by(email_inboxes.c.name, email_inboxes.c.id), Inbox)
ACTIVE_INBOXES = Query(_INBOXES.where(email_inboxes.c.active.is_(True)), Inbox)
INBOX = Query(_INBOXES.where(email_inboxes.c.id == bindparam("inbox_id")), Inbox)
INBOX_BY_EMAIL = Query(_INBOXES.where(email_inboxes.c.email == bindparam("email")), Inbox)
#: An address that another inbox has is not inserted; the unique rule decides.
INSERT_INBOX = Insert(email_inboxes, skip_conflicts=True)
DELETE_INBOX = Command(delete(email_inboxes).where(email_inboxes.c.id == bindparam("inbox_id")))
PATCH_INBOX = Patch(email_inboxes)

INSERT_WATCH = Insert(email_watches, skip_conflicts=True)
WATCH = Query(
    columns_of(email_watches, Watch).where(email_watches.c.inbox_id == bindparam("inbox_id")), Watch
)
PATCH_WATCH = Patch(email_watches, key="inbox_id")
DELETE_WATCH = Command(
    delete(email_watches).where(email_watches.c.inbox_id == bindparam("inbox_id"))
)
#: One watcher: whoever finds the inbox held by nobody has it until it is not renewed any more.
CLAIM_WATCH = Command(
    update(email_watches)
    .where(
        email_watches.c.inbox_id == bindparam("of_inbox"),
        or_(
            email_watches.c.held_by.is_(None),
            email_watches.c.held_by == bindparam("holder"),
            email_watches.c.held_until <= bindparam("now"),
        ),
    )
    .values(held_by=bindparam("holder"), held_until=bindparam("until"))
)
_held = (
    email_watches.c.inbox_id == bindparam("of_inbox"),
    email_watches.c.held_by == bindparam("holder"),
)
RELEASE_WATCH = Command(update(email_watches).where(*_held).values(held_by=None, held_until=0))
#: What a watcher writes counts only while it is the watcher.
ADVANCE_WATCH = Command(
    update(email_watches)
    .where(*_held)
    .values(uid_validity=bindparam("validity"), last_uid=bindparam("uid"), tries=bindparam("tried"))
)

_HISTORY = columns_of(email_history, Remembered)
REMEMBERED = Query(
    _HISTORY.where(
        email_history.c.inbox_id == bindparam("inbox_id"),
        email_history.c.mail_id == bindparam("mail_id"),
    ),
    Remembered,
)
REMEMBER = Insert(email_history, skip_conflicts=True)
FORGET_HISTORY = Command(
    delete(email_history).where(email_history.c.inbox_id == bindparam("inbox_id"))
)
#: That a mail was taken in stays known: it may still lie in the mailbox.
FORGET_MAILS_OF_ROOM = Command(
    update(email_history)
    .where(email_history.c.room_id == bindparam("of_room"))
    .values(room_id=None)
)

# Mailer --------------------------------------------------------------------------------------

REFUSALS = Query(select(mailer_refusals.c.user_id), str)
INSERT_REFUSAL = Insert(mailer_refusals, skip_conflicts=True)
