"""Taking in what lies in a mailbox, mail by mail."""

import asyncio
from typing import TYPE_CHECKING

import msgspec
import structlog

from frontdesk.channels.email.mailbox import Fetched, Mailbox
from frontdesk.channels.email.own_thread import OwnThread
from frontdesk.channels.email.reading import Mail, MailFile, read_mail
from frontdesk.channels.email.receiving import KeptFile, reason_to_leave_alone, receive_mail
from frontdesk.channels.email.watching import advance, find_watch
from frontdesk.channels.records import Inbox
from frontdesk.db import Tx
from frontdesk.errors import Coded, Failure
from frontdesk.files import StoredFile
from frontdesk.files.rules import check_file
from frontdesk.ids import random_id
from frontdesk.messages.thumbnails import look_at
from frontdesk.messages.uploading import begin_upload

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Tries at a mail that fails; then it is left alone, so that those after it are taken in.
TRIES = 3


class TakingIn:
    """The mail of one inbox, over one connection."""

    def __init__(
        self,
        workspace: "Workspace",
        inbox: Inbox,
        holder: str,
        mailbox: Mailbox,
        thread: OwnThread,
        validity: int,
    ) -> None:
        """Take in for `holder`, who watches the inbox, from a mailbox that is open."""
        self._workspace = workspace
        self._inbox = inbox
        self._holder = holder
        self._mailbox = mailbox
        self._thread = thread
        self._validity = validity

    async def take_in(self) -> None:
        """Take in all that has come since the last time, or since the inbox was made.

        Raises what the connection brings, WatchLost, and what keeps a mail from being taken in.
        """
        if not self._workspace.settings.flag("Livechat_enabled"):
            return
        inbox_id, mailbox = self._inbox.id, self._mailbox
        watch = await self._workspace.db.read(lambda tx: find_watch(tx, inbox_id))
        if watch.uid_validity == self._validity:
            uids = await self._thread.run(lambda: mailbox.mails_after(watch.last_uid))
        else:
            # The first time only what nobody has seen; when the server has numbered its mails anew,
            # all of them: those that were taken in are remembered.
            first = watch.uid_validity is None
            since = self._inbox.created_at
            uids = await self._thread.run(lambda: mailbox.mails_since(since, unseen=first))
            await self._advance(0)
            watch.tries = 0
        for uid in uids:
            await self._take_one(uid, watch.tries)
            watch.tries = 0

    async def _take_one(self, uid: int, tries: int) -> None:
        if tries >= TRIES:
            log.error("mail_given_up", inbox=self._inbox.email, uid=uid, tries=tries)
            await self._advance(uid)
            return
        # Written before the mail is looked at: one that ends the process counts as tried.
        await self._count_try(uid, tries + 1)
        fetched = await self._thread.run(lambda: self._mailbox.fetch(uid))
        if fetched is None:
            await self._advance(uid)
            return
        mail = await asyncio.to_thread(_read, fetched)
        inbox = self._inbox
        reason = await self._workspace.db.read(lambda tx: reason_to_leave_alone(tx, inbox, mail))
        if reason is not None:
            log.info("mail_left_alone", inbox=inbox.email, uid=uid, reason=reason)
            await self._advance(uid)
            return
        files, mail = await self._keep_files(mail)
        try:
            await self._workspace.db.write(lambda tx: self._store(tx, uid, mail, files))
        except Coded as refusal:
            if refusal.code == "error-omnichannel-is-disabled":
                raise
            await self._refuse(uid, refusal)
            return
        except Failure as refusal:
            await self._refuse(uid, refusal)
            return
        log.info("mail_taken_in", inbox=inbox.email, uid=uid)
        await self._thread.run(lambda: self._mailbox.mark_seen(uid))

    def _store(self, tx: Tx, uid: int, mail: Mail, files: list[KeptFile]) -> None:
        advance(tx, self._inbox.id, self._holder, self._validity, uid)
        receive_mail(tx, self._workspace.settings, self._inbox, mail, files)

    async def _refuse(self, uid: int, refusal: Failure) -> None:
        """Leave a mail alone that the rules of the workspace keep out."""
        log.warning("mail_refused", inbox=self._inbox.email, uid=uid, reason=str(refusal))
        await self._advance(uid)

    async def _advance(self, uid: int) -> None:
        inbox_id, holder, validity = self._inbox.id, self._holder, self._validity
        await self._workspace.db.write(lambda tx: advance(tx, inbox_id, holder, validity, uid))

    async def _count_try(self, uid: int, tries: int) -> None:
        inbox_id, holder, validity = self._inbox.id, self._holder, self._validity
        await self._workspace.db.write(
            lambda tx: advance(tx, inbox_id, holder, validity, uid - 1, tries=tries)
        )

    async def _keep_files(self, mail: Mail) -> tuple[list[KeptFile], Mail]:
        """Store the files of a mail that may be stored; they expire unless the mail keeps them."""
        kept = []
        left_out = mail.left_out
        for each in mail.files:
            try:
                check_file(self._workspace.settings, each.content_type, len(each.content))
            except Failure:
                left_out += 1
            else:
                kept.append(await self._keep(each))
        return kept, _without_files(mail, left_out)

    async def _keep(self, given: MailFile) -> KeptFile:
        file = StoredFile(
            id=random_id(),
            name=given.name,
            content_type=given.content_type,
            size=len(given.content),
        )
        file = await self._workspace.db.write(lambda tx: begin_upload(tx, file))
        await self._workspace.files.put(file.id, given.content)
        is_picture = given.content_type.startswith("image/")
        return KeptFile(file, await look_at(given.content) if is_picture else None)


def _read(fetched: Fetched) -> Mail:
    return read_mail(fetched.content, complete=fetched.complete)


def _without_files(mail: Mail, left_out: int) -> Mail:
    return msgspec.structs.replace(mail, files=[], left_out=left_out)
