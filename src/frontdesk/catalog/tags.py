"""Tags that agents choose from. What stands on conversations is text: nothing here changes it.

Source: behaviour of the API, workforce, section 9.
"""

from typing import Any

from frontdesk.canned_responses.saving import forget_tag
from frontdesk.catalog import queries
from frontdesk.catalog.records import Tag
from frontdesk.catalog.schemas import SaveTag, TagListQuery, tag_document
from frontdesk.db import Tx
from frontdesk.errors import Coded, NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.ids import hex_id
from frontdesk.workforce.restrictions import departments_in_charge


def list_tags(tx: Tx, caller: Principal, query: TagListQuery, page: Page) -> dict[str, Any]:
    """Return the tags that the caller may choose from, by name unless sorted otherwise.

    Tags without departments are for everybody. Those who manage tags get those of `department`
    besides, or all tags with `viewAll`; agents those of their departments, or of one of them.
    """
    manages = caller.may("manage-livechat-tags")
    view_all = manages and query.viewAll == "true"
    departments = _departments(tx, caller, query.department, manages)
    text = (query.text or "").casefold()
    documents = [
        tag_document(each)
        for each in tx.all(queries.ALL_TAGS)
        if (view_all or not each.department_ids or not departments.isdisjoint(each.department_ids))
        and (text in each.name.casefold() or text in (each.description or "").casefold())
    ]
    return listed_page("tags", documents, page, [("name", 1)])


def _departments(
    tx: Tx, caller: Principal, department_id: str | None, manages: bool
) -> frozenset[str]:
    one = frozenset([department_id] if department_id else ())
    if manages:
        return one
    own = departments_in_charge(tx, caller.id)
    return one if one and one <= own else own


def read_tag(tx: Tx, tag_id: str) -> dict[str, Any]:
    """Return a tag; raises NotFound."""
    tag = tx.one(queries.TAG, tag_id=tag_id)
    if tag is None:
        raise NotFound("Tag not found")
    return tag_document(tag)


def save_tag(tx: Tx, given: SaveTag) -> dict[str, Any]:
    """Make a tag, or change the one with the given id; return it.

    Raises Refused `error-duplicated-tag` for a name that another tag has, Coded `tag-not-found`.
    """
    is_new = not given.tag_id
    if not is_new and not tx.run(queries.DELETE_TAG, tag_id=given.tag_id):
        raise _unknown()
    tag = Tag(
        id=given.tag_id or hex_id(),
        name=given.tagData.name,
        description=given.tagData.description,
        department_ids=given.tagDepartments or [],
        updated_at=tx.now,
    )
    # A changed tag is written anew, so that the unique rule decides about the name of either, also
    # between two requests at once.
    if not tx.insert(queries.INSERT_TAG, tag):
        raise Refused("error-duplicated-tag")
    return tag_document(tag, is_new=is_new)


def delete_tag(tx: Tx, tag_id: str) -> None:
    """Remove a tag, also from canned responses; conversations keep its text.

    Raises Coded `tag-not-found`.
    """
    tag = tx.one(queries.TAG, tag_id=tag_id)
    if tag is None or not tx.run(queries.DELETE_TAG, tag_id=tag_id):
        raise _unknown()
    forget_tag(tx, tag.name)


def _unknown() -> Coded:
    return Coded("tag-not-found", "Tag not found")
