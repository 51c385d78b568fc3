"""How a file appears in a message.

Source: behaviour of the API, messages, section 1.8.
"""

from typing import Any

from frontdesk.files import StoredFile
from frontdesk.messages.file_links import file_path
from frontdesk.messages.markdown import parse_markdown
from frontdesk.messages.thumbnails import Picture


def visitor_file(
    file: StoredFile, description: str | None, picture: Picture | None
) -> dict[str, Any]:
    """Return the members of a visitor's message with a file."""
    attachment = _attachment(file, picture)
    if description:
        attachment |= {"description": description, "descriptionMd": parse_markdown(description)}
    return _members(file, attachment)


def user_file(
    file: StoredFile,
    description: str | None,
    picture: Picture | None,
    thumbnail: StoredFile | None = None,
) -> dict[str, Any]:
    """Return the members of a user's message with a file, and with the thumbnail of a picture."""
    attachment = {**_attachment(file, picture), "fileId": file.id}
    if _kind(file) == "file":
        attachment |= {"format": _extension(file.name).upper(), "size": file.size}
    if description:
        attachment |= {"description": description, "descriptionMd": parse_markdown(description)}
        if _kind(file) == "image":
            attachment["image_alt"] = description
    members = _members(file, attachment)
    if thumbnail is not None and picture is not None and picture.thumbnail is not None:
        small = picture.thumbnail
        attachment |= {
            "image_url": file_path(thumbnail.id, thumbnail.name),
            "image_type": small.content_type,
            "image_dimensions": {"width": small.width, "height": small.height},
        }
        members["files"].append(_shown(thumbnail))
    return members


def _members(file: StoredFile, attachment: dict[str, Any]) -> dict[str, Any]:
    shown = _shown(file)
    return {"file": shown, "files": [shown], "attachments": [attachment]}


def _shown(file: StoredFile) -> dict[str, Any]:
    return {
        "_id": file.id,
        "name": file.name,
        "type": file.content_type,
        "size": file.size,
        "format": _extension(file.name),
    }


def _attachment(file: StoredFile, picture: Picture | None) -> dict[str, Any]:
    path = file_path(file.id, file.name)
    attachment: dict[str, Any] = {
        "title": file.name,
        "type": "file",
        "title_link": path,
        "title_link_download": True,
    }
    kind = _kind(file)
    if kind != "file":
        attachment |= {
            f"{kind}_url": path,
            f"{kind}_type": file.content_type,
            f"{kind}_size": file.size,
        }
    if kind == "image" and picture is not None:
        attachment["image_dimensions"] = {"width": picture.width, "height": picture.height}
        if picture.preview is not None:
            attachment["image_preview"] = picture.preview
    return attachment


def _kind(file: StoredFile) -> str:
    kind = file.content_type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "file"


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""
