"""The real-time methods of tags: for clients older than their REST successors.

Source: behaviour of the API, workforce, section 10. In one point we differ on purpose: agents are
told the tags that they may choose from, as over REST, and not those of other departments.
"""

from typing import Any

import msgspec

from frontdesk.catalog import tags
from frontdesk.catalog.schemas import IndexedName, SaveTag, TagData, TagListQuery
from frontdesk.errors import Coded
from frontdesk.http.paging import Page
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

methods = Methods()


class GivenTag(msgspec.Struct, forbid_unknown_fields=True):
    """A tag as it is saved."""

    name: IndexedName
    description: str | None = None


@methods.method("livechat:getTagsList", refusal=("error-invalid-user", "Invalid user"))
async def list_tags(caller: Caller) -> list[dict[str, Any]]:
    """Answer the tags that the caller may choose from; all of them to who manages tags."""
    page = Page(offset=0, count=None, sort=())
    found = await caller.read(tags.list_tags, caller.user, TagListQuery(viewAll="true"), page)
    chosen: list[dict[str, Any]] = found["tags"]
    return chosen


@methods.method("livechat:saveTag", public=True)
async def save_tag(
    caller: Caller, tag_id: str | None, tag: GivenTag, departments: list[str] | None = None
) -> dict[str, Any]:
    """Make or change a tag, for those who manage tags."""
    user = caller.user_or_none
    if user is None or not user.may("manage-livechat-tags"):
        # By this name, which no method has, the reference speaks of itself.
        raise Coded("error-not-allowed", "Not allowed", {"method": "livechat:saveTags"})
    given = SaveTag(TagData(tag.name, tag.description), departments, tag_id)
    return await caller.write(tags.save_tag, given)


@methods.method("livechat:removeTag", permissions=["manage-livechat-tags"])
async def remove_tag(caller: Caller, tag_id: str) -> bool:
    """Remove a tag."""
    await caller.write(tags.delete_tag, tag_id)
    return True
