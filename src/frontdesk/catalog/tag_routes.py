"""The HTTP face of tags."""

from typing import Any

from frontdesk.catalog import tags
from frontdesk.catalog.schemas import SaveTag, TagId, TagListQuery
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Omnichannel Tags")

_READERS = ("view-l-room", "manage-livechat-tags")
_TAG = {
    "_id": "nNJntq2n6GBdR8JC4",
    "name": "invoice",
    "description": "Questions about an invoice",
    "numDepartments": 1,
    "departments": ["k7vXpSxrYhLfbTqGW"],
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}


@routes.get(
    "livechat/tags",
    permissions=_READERS,
    any_permission=True,
    example={"tags": [_TAG], "count": 1, "offset": 0, "total": 1},
)
async def list_tags(call: Call, query: TagListQuery) -> dict[str, Any]:
    """List the tags that the caller may choose from.

    Tags without departments are for everybody. Agents see those of their departments besides, or
    of one of them; those who manage tags those of any `department`, or all with `viewAll=true`.
    """
    return await call.read(tags.list_tags, call.user, query, page(call.settings, query))


@routes.get("livechat/tags/{tagId}", permissions=_READERS, any_permission=True, example=_TAG)
async def tag(call: Call) -> dict[str, Any]:
    """Read a tag.

    404 `Tag not found` for an unknown id.
    """
    return await call.read(tags.read_tag, call.path["tagId"])


@routes.post(
    "livechat/tags.save",
    permissions=["manage-livechat-tags"],
    style="typed",
    request={
        "tagData": {"name": "invoice", "description": "Questions about an invoice"},
        "tagDepartments": ["k7vXpSxrYhLfbTqGW"],
    },
    example=_TAG,
    refusals=("error-duplicated-tag", "Tag not found [tag-not-found]"),
)
async def save_tag(call: Call, body: SaveTag) -> dict[str, Any]:
    """Make or change a tag.

    With `_id` that tag is changed. Without `tagDepartments` it is for everybody. Conversations
    keep the text that they were tagged with.
    """
    return await call.write(tags.save_tag, body)


@routes.post(
    "livechat/tags.delete",
    permissions=["manage-livechat-tags"],
    style="typed",
    request={"id": "nNJntq2n6GBdR8JC4"},
    refusals=("Tag not found [tag-not-found]",),
)
async def delete_tag(call: Call, body: TagId) -> None:
    """Remove a tag.

    Conversations that were tagged with it keep its text.
    """
    await call.write(tags.delete_tag, body.id)
