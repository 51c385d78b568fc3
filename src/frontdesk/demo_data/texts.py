"""What is said and who says it, as read from `texts.toml`."""

from importlib.resources import files

import msgspec


class DepartmentText(msgspec.Struct, frozen=True):
    """A department; `key` is how topics name it."""

    key: str
    name: str
    description: str
    chat_limit: int | None = None
    closing_tags: list[str] | None = None


class Topic(msgspec.Struct, frozen=True):
    """What a conversation is about: the visitor opens, the agent asks, the visitor tells, the
    agent solves it and closes with a comment.
    """

    department: str
    tags: list[str]
    opens: list[str]
    asks: list[str]
    tells: list[str]
    solves: list[str]
    comments: list[str]


class Language(msgspec.Struct, frozen=True):
    """People who speak a language; `weight` is how many in a hundred do."""

    weight: int
    given: list[str]
    family: list[str]
    hello: list[str]
    greet: list[str]
    wait: list[str]
    waited: list[str]
    thanks: list[str]
    bye: list[str]
    topics: list[Topic]


class Texts(msgspec.Struct, frozen=True):
    """All of `texts.toml`; languages by their codes."""

    agents: list[str]
    managers: list[str]
    departments: list[DepartmentText]
    languages: dict[str, Language]


def load_texts() -> Texts:
    """Return what the file says."""
    return msgspec.toml.decode((files(__package__) / "texts.toml").read_bytes(), type=Texts)
