"""How a file appears in a message.

Source: behaviour of the API, messages, section 1.8. Previews and thumbnails are not made: a
picture is shown from its own address.
"""

from typing import Any

from frontdesk.files import StoredFile
from frontdesk.messages.file_links import file_path
from frontdesk.messages.markdown import parse_markdown


def visitor_file(
    file: StoredFile, description: str | None, dimensions: tuple[int, int] | None
) -> dict[str, Any]:
    """Return the members of a visitor's message with a file; `dimensions` are those of a
    picture, in pixels.
    """
    attachment = _attachment(file, dimensions)
    if description:
        attachment |= {"description": description, "descriptionMd": parse_markdown(description)}
    return _members(file, attachment)


def user_file(
    file: StoredFile, description: str | None, dimensions: tuple[int, int] | None
) -> dict[str, Any]:
    """Return the members of a user's message with a file."""
    attachment = {**_attachment(file, dimensions), "fileId": file.id}
    if _kind(file) == "file":
        attachment |= {"format": _extension(file.name).upper(), "size": file.size}
    if description:
        attachment |= {"description": description, "descriptionMd": parse_markdown(description)}
        if _kind(file) == "image":
            attachment["image_alt"] = description
    return _members(file, attachment)


def _members(file: StoredFile, attachment: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "_id": file.id,
        "name": file.name,
        "type": file.content_type,
        "size": file.size,
        "format": _extension(file.name),
    }
    return {"file": shown, "files": [shown], "attachments": [attachment]}


def _attachment(file: StoredFile, dimensions: tuple[int, int] | None) -> dict[str, Any]:
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
    if kind == "image" and dimensions is not None:
        width, height = dimensions
        attachment["image_dimensions"] = {"width": width, "height": height}
    return attachment


def _kind(file: StoredFile) -> str:
    kind = file.content_type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "file"


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""
