"""Custom fields for tests, gone again when the test is over."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.builders import unique
from tests.harness.client import Api

SAVE = "livechat/custom-fields.save"
DELETE = "livechat/custom-fields.delete"


def field_data(name: str, **members: Any) -> dict[str, Any]:
    """Return the data of a field of visitors, with other members where they are given."""
    return {
        "field": name,
        "label": f"Label of {name}",
        "scope": "visitor",
        "visibility": "visible",
        "searchable": True,
        "regexp": "",
        **members,
    }


def make_field(admin: Api, name: str, **members: Any) -> dict[str, Any]:
    """Make a custom field and return it as it is answered."""
    body = {"customFieldId": None, "customFieldData": field_data(name, **members)}
    answer = admin.post(SAVE, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["customField"])


@contextmanager
def fields(admin: Api, *members: dict[str, Any]) -> Iterator[list[str]]:
    """Give a name of its own to each field, make them, and remove them after the block."""
    with ExitStack() as afterwards:
        names = []
        for each in members:
            name = unique("field")
            make_field(admin, name, **each)
            afterwards.callback(admin.post, DELETE, {"customFieldId": name})
            names.append(name)
        yield names
