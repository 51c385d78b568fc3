"""A stored message as clients read it: with the address of the file in it."""

from typing import TYPE_CHECKING, Any

from frontdesk.db import Tx
from frontdesk.files.keeping import find_file
from frontdesk.messages.file_links import public_link
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def shown(tx: Tx, settings: "Settings", message: Message) -> dict[str, Any]:
    """Return a message as the API sends it to readers, with `fileUpload` if it has a file."""
    return with_file_link(tx, settings, message_document(message))


def with_file_link(tx: Tx, settings: "Settings", document: dict[str, Any]) -> dict[str, Any]:
    """Return the document of a message with `fileUpload`, if it has a file that is still there."""
    given = document.get("file")
    file = find_file(tx, str(given.get("_id"))) if isinstance(given, dict) else None
    if file is None or file.room_id != document["rid"]:
        return document
    link = {
        "publicFilePath": public_link(settings, file, tx.now),
        "type": file.content_type,
        "size": file.size,
    }
    return {**document, "fileUpload": link}
