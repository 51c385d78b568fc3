"""A conversation in the making: what each step writes, as the steps of the real ones do.

The rules are those of `conversations` (opening, taking, holding, returning, noting, closing), told
here a second time because a million conversations cannot go through the front door.
"""

from typing import Any

from frontdesk.clock import iso
from frontdesk.conversations.records import Inquiry, Room, Subscription
from frontdesk.demo_data.chance import Chance
from frontdesk.messages.reading_text import members, read_text
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import Author
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.records import Department

#: What follows from a text, for the texts that were said before.
_READ: dict[str, dict[str, Any]] = {}
_MOST_READ = 20_000


class Talk:
    """One conversation, and the time it has reached (`at`, ms); each step stands at that time."""

    def __init__(
        self,
        chance: Chance,
        visitor: Visitor,
        department: Department | None,
        source: dict[str, Any],
        at: int,
    ) -> None:
        self.at = at
        self.messages: list[Message] = []
        self._chance = chance
        self._visitor = visitor
        self._last: Message
        self._answered_at: int | None = None
        self._unread = 0
        self.room = Room(
            id=chance.id(),
            kind="l",
            display_name=visitor.name,
            opened_at=at,
            visitor_id=visitor.id,
            visitor_token=visitor.token,
            visitor_username=visitor.username,
            visitor_name=visitor.name,
            visitor_status="online",
            visitor_phones=visitor.phones,
            department_id=None if department is None else department.id,
            department_ancestors=None if department is None else department.ancestors,
            source=source,
            queued_at=at,
            waiting_response=True,
        )
        self._guest = Author(visitor.id, visitor.username or "", token=visitor.token)
        self._shown(self._write("livechat-started", "", self._guest), counts=2)

    def taken_by(self, agent: Author) -> None:
        """Let an agent take it."""
        room = self.room
        room.agent_id, room.agent_username, room.agent_since = agent.id, agent.username, self.at
        room.user_count += 1
        room.message_count += 2
        self._write("command", "connected", agent)
        self._write("uj", "", agent)
        self._unread = 1

    def said_by_visitor(self, text: str) -> None:
        """Let the visitor write."""
        message = self._speak(text, None)
        room, at = self.room, self.at
        room.visitor_last_message_at = at
        self._answered_at = None
        if (room.agent_replied_at or room.opened_at) >= (room.visitor_asked_at or room.opened_at):
            room.visitor_asked_at = at
        if not room.waiting_response:
            room.waiting_response = True
            room.responder_id = room.responder_username = None
            room.first_response_at = room.last_response_at = None
        self._unread += 1
        self._shown(message, counts=1)

    def said_by_agent(self, agent: Author, text: str) -> None:
        """Let the serving agent write."""
        message = self._speak(text, agent)
        room, at = self.room, self.at
        month = iso(at)[:7]
        if month not in (room.visitor_activity or ()):
            room.visitor_activity = [*(room.visitor_activity or ()), month]
        self._measure()
        if room.waiting_response:
            room.waiting_response = False
            room.responder_id, room.responder_username = agent.id, agent.username
            room.first_response_at = at
        room.last_response_at = at
        self._unread = 0
        self._shown(message, counts=1)

    def held(self, agent: Author, comment: str) -> None:
        """Put it on hold."""
        self._hold("omnichannel_placed_chat_on_hold", agent, comment, held=True)

    def resumed(self, by: Author, comment: str) -> None:
        """Take it up again."""
        self._hold("omnichannel_on_hold_chat_resumed", by, comment, held=False)

    def returned(self, agent: Author) -> None:
        """Let the serving agent give it back to the queue."""
        room = self.room
        by = {"_id": agent.id, "username": agent.username, "userType": "agent"}
        transfer: dict[str, Any] = {"transferredBy": by, "ts": iso(self.at), "scope": "queue"}
        if room.department_id is not None:
            transfer["previousDepartment"] = room.department_id
        history = self._write("livechat_transfer_history", "", agent, transferData=transfer)
        self._write("ul", agent.username, agent)
        room.agent_id = room.agent_username = room.agent_since = None
        room.queued_at = self.at
        self._shown(history, counts=3)

    def closed(self, closer: Author | None, comment: str, tags: list[str]) -> None:
        """Close it: by a user, or by the visitor (None)."""
        by = closer or self._guest
        answered_at = self._answered_at
        message = self._write("livechat-close", comment, by, transcriptRequested=False)
        room, at = self.room, self.at
        if closer is not None and answered_at is not None:
            room.visitor_inactivity = (at - answered_at) // 1000
        room.open = room.on_hold = False
        room.visitor_status = "offline"
        room.closed_at = at
        room.closer = "visitor" if closer is None else "user"
        room.closed_by_id, room.closed_by_username = by.id, by.username
        room.tags = tags or None
        room.chat_duration = (at - room.opened_at) / 1000
        if room.agent_since is not None:
            room.service_duration = (at - room.agent_since) / 1000
        self._shown(message, counts=2)

    def finish(self) -> Room:
        """Return the room with its last message."""
        room = self.room
        room.last_message = message_document(self._last)
        room.updated_at = self.messages[-1].sent_at
        return room

    def inquiry(self) -> Inquiry:
        """Return the place in the queue that an open conversation has."""
        room = self.room
        waits = room.agent_id is None
        return Inquiry(
            id=self._chance.hex_id(),
            room_id=room.id,
            name=room.display_name,
            message="",
            created_at=room.opened_at,
            status="queued" if waits else "taken",
            department_id=room.department_id,
            visitor_id=self._visitor.id,
            visitor_token=self._visitor.token or "",
            visitor_username=self._visitor.username or "",
            visitor_status="online",
            source=room.source,
            priority_id=room.priority_id,
            priority_weight=room.priority_weight,
            queued_at=room.queued_at if waits else None,
            taken_at=room.agent_since,
            last_message=message_document(self._last) if waits else None,
            updated_at=self.at,
        )

    def membership(self) -> Subscription | None:
        """Return the serving agent's membership in an open conversation, if somebody serves it."""
        room = self.room
        if room.agent_id is None or room.agent_username is None:
            return None
        return Subscription(
            id=self._chance.id(),
            room_id=room.id,
            user_id=room.agent_id,
            username=room.agent_username,
            kind="l",
            name=room.display_name,
            display_name=room.display_name,
            alert=self._unread > 0,
            unread=self._unread,
            user_mentions=0 if room.agent_replied_at else 1,
            created_at=room.agent_since or room.opened_at,
            seen_at=room.agent_replied_at,
            department_id=room.department_id,
            on_hold=room.on_hold,
            visitor={
                "_id": self._visitor.id,
                "username": self._visitor.username,
                "token": self._visitor.token,
                "status": "online",
            },
            updated_at=self.at,
        )

    def _hold(self, kind: str, by: Author, comment: str, *, held: bool) -> None:
        self._write(kind, "", by, comment=comment)
        self.room.on_hold = held
        self.room.message_count += 1

    def _measure(self) -> None:
        room, at = self.room, self.at
        asked_at = room.visitor_asked_at or room.opened_at
        answers = asked_at > (room.agent_replied_at or room.opened_at)
        response = (at - asked_at) / 1000
        if room.agent_replied_at is None:
            reaction = (at - (room.agent_since or room.opened_at)) / 1000
            room.first_response_time = response
            room.first_response_noted_at = at
            room.first_reaction_time = reaction
        elif answers:
            reaction = response
        else:
            return
        room.responses += 1
        room.response_time += response
        room.reaction_time += reaction
        if answers:
            room.agent_replied_at = at

    def _speak(self, text: str, agent: Author | None) -> Message:
        follows = _READ.get(text)
        if follows is None:
            if len(_READ) >= _MOST_READ:
                _READ.clear()
            follows = _READ[text] = members(read_text(text), lambda _: None)
        message = self._write(None, text, agent or self._guest)
        message.groupable = None
        message.extras = follows
        if agent is None:
            message.author_name = message.alias = self._visitor.name
        else:
            message.author_name = agent.name
        return message

    def _write(self, kind: str | None, text: str, author: Author, **extras: Any) -> Message:
        """Add a message; it stands after the one before, also within a millisecond."""
        if self.messages and self.at <= self.messages[-1].sent_at:
            self.at = self.messages[-1].sent_at + 1
        message = Message(
            id=self._chance.id(),
            room_id=self.room.id,
            sent_at=self.at,
            kind=kind,
            text=text,
            author_id=author.id,
            author_username=author.username,
            visitor_token=author.token,
            groupable=False,
            extras=extras or None,
            updated_at=self.at,
        )
        self.messages.append(message)
        if kind is None and author.token is not None:
            self.room.visitor_messages += 1
        elif kind is None:
            self.room.agent_messages += 1
        if author.token is None and self._answered_at is None:
            wrote_at = self.room.visitor_last_message_at
            if wrote_at is not None and self.at > wrote_at:
                self._answered_at = self.at
        return message

    def _shown(self, message: Message, *, counts: int) -> None:
        """Note a message that is the last one now; one that notifies counts twice."""
        self._last = message
        self.room.last_message_at = message.sent_at
        self.room.message_count += counts
