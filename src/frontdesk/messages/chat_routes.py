"""The HTTP face of messages for users: agents, managers, bots."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.messages.deleting import delete_as_user
from frontdesk.messages.editing import edit_as_user
from frontdesk.messages.posting import post_message, send_message
from frontdesk.messages.reacting import react
from frontdesk.messages.reading import message_for_user
from frontdesk.messages.schemas import (
    DeleteMessage,
    MessageQuery,
    PostMessage,
    React,
    SendAsUser,
    UpdateMessage,
)

routes = Routes("Chat")

#: A message, for the document.
MESSAGE: dict[str, Any] = {
    "_id": "tW4mQn2ZxTzP4kLc9",
    "rid": "k3VbnQ7xTzP2mWc9d",
    "msg": "It arrives *tomorrow*.",
    "ts": "2026-03-01T10:01:00.000Z",
    "u": {"_id": "aZ8kQn2ZxTzP4mWc9", "username": "bea", "name": "Bea"},
    "_updatedAt": "2026-03-01T10:01:00.000Z",
    "urls": [],
    "mentions": [],
    "channels": [],
    "md": [
        {
            "type": "PARAGRAPH",
            "value": [
                {"type": "PLAIN_TEXT", "value": "It arrives "},
                {"type": "BOLD", "value": [{"type": "PLAIN_TEXT", "value": "tomorrow"}]},
                {"type": "PLAIN_TEXT", "value": "."},
            ],
        }
    ],
}
_NOT_WRITABLE = ("error-invalid-room", "error-not-allowed", "room-closed", "Not enough permission")
_NOT_FOUND = (
    'No message found with the id of "<id>".',
    "The room id provided does not match where the message is from.",
)


@routes.post(
    "chat.sendMessage",
    example={"message": MESSAGE},
    refusals=(
        "Cannot send system messages using 'chat.sendMessage'",
        "Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]",
        "Message timestamp is out of sync [error-message-ts-out-of-sync]",
        "The 'rid' property on the message object is missing.",
        *_NOT_WRITABLE,
        "Invalid href value provided",
        "error-duplicate-message-id",
    ),
)
async def send(call: Call, body: SendAsUser) -> dict[str, Any]:
    """Send a message.

    Into a room that the caller may read; a conversation must be open. A message that is sent
    again with the same `_id` is stored once; the answer is the stored one.
    """
    sent = await call.write(send_message, call.settings, call.user, body.message, body.previewUrls)
    return {"message": sent}


@routes.post(
    "chat.postMessage",
    example={"ts": 1772359260000, "channel": MESSAGE["rid"], "message": MESSAGE},
    refusals=("error-message-size-exceeded", "[invalid-channel]", *_NOT_WRITABLE),
)
async def post(call: Call, body: PostMessage) -> dict[str, Any]:
    """Post a message into one or several rooms.

    By id (`roomId`), or by id or name (`channel`). Either all get it or none; the answer shows
    the first.
    """
    return await call.write(post_message, call.settings, call.user, body)


@routes.post(
    "chat.update",
    example={"message": {**MESSAGE, "editedAt": "2026-03-01T10:02:00.000Z"}},
    refusals=(
        *_NOT_FOUND,
        "Message editing not allowed [error-action-not-allowed]",
        "Message editing is blocked [error-message-editing-blocked]",
        *_NOT_WRITABLE[:3],
        "Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]",
    ),
)
async def update(call: Call, body: UpdateMessage) -> dict[str, Any]:
    """Change the text of a message.

    For the author, or with `edit-message`, within the time that the workspace allows.
    """
    return {"message": await call.write(edit_as_user, call.settings, call.user, body)}


@routes.post(
    "chat.delete",
    example={
        "_id": MESSAGE["_id"],
        "ts": "1772359260000",
        "message": {name: MESSAGE[name] for name in ("_id", "rid", "u")},
    },
    refusals=(
        *_NOT_FOUND,
        'Unauthorized. You must have the permission "force-delete-message" to delete '
        "other's message as them.",
        "User not found",
        "Not allowed [error-action-not-allowed]",
    ),
)
async def delete(call: Call, body: DeleteMessage) -> dict[str, Any]:
    """Delete a message.

    By `roomId` and `msgId`, or by the `fileId` of the file in it.
    """
    return await call.write(delete_as_user, call.settings, call.user, body)


@routes.get(
    "chat.getMessage",
    example={"message": MESSAGE},
    refusals=(
        'The "msgId" query parameter must be provided.',
        "Not allowed [error-not-allowed]",
    ),
)
async def read(call: Call, query: MessageQuery) -> dict[str, Any]:
    """Read one message of a room that the caller may read.

    For those who may read its room. An unknown id is answered with `{"success": false}`.
    """
    found = await call.read(message_for_user, call.settings, call.user, query.msgId)
    return {"message": found}


@routes.post(
    "chat.react",
    refusals=(
        'The required "messageId" param is missing. [error-messageid-param-not-provided]',
        'The provided "messageId" does not match any existing message. [error-message-not-found]',
        'The required "emoji" param is missing. [error-emoji-param-not-provided]',
        *_NOT_WRITABLE[:3],
    ),
)
async def give_reaction(call: Call, body: React) -> None:
    """React to a message.

    With an emoji; once more takes it back, unless `shouldReact` says which.
    """
    await call.write(react, call.settings, call.user, body)
