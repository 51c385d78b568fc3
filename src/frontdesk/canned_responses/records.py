"""Canned responses as the code handles them: the rows of the table."""

import msgspec


class CannedResponse(msgspec.Struct):
    """A row of `canned_responses`.

    `scope` says for whom it is: `user` (the one of `user_id`), `department` (the agents of
    `department_id`) or `global` (everybody). `tags` are names.
    """

    id: str
    shortcut: str
    text: str
    scope: str
    tags: list[str]
    user_id: str | None
    department_id: str | None
    creator_id: str
    creator_username: str
    created_at: int
    updated_at: int


def audience_of(response: CannedResponse) -> tuple[str, str | None]:
    """Return for whom a response is: its scope, and the user or department that it belongs to."""
    match response.scope:
        case "user":
            return "user", response.user_id
        case "department":
            return "department", response.department_id
        case _:
            return "global", None
