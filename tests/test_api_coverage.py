import pytest

from tests.api_coverage.operations import (
    complete_tags,
    coverage,
    declared,
    no_longer_complete,
    operation,
    served,
)
from tests.harness.server import FrontdeskProcess


@pytest.mark.parametrize("tag", complete_tags())
def test_a_complete_tag_stays_complete(tag: str) -> None:
    (found,) = [each for each in coverage(declared()) if each.tag == tag]

    assert not found.missing


def test_the_servers_document_says_what_the_program_declares(server: FrontdeskProcess) -> None:
    assert declared() <= served(server.url)


def test_names_of_variables_do_not_matter() -> None:
    assert operation("get", "/a/{rid}/b/{x}") == operation("GET", "/a/{roomId}/b/{_id}")


def test_a_tag_that_loses_an_operation_is_no_longer_complete() -> None:
    lost = operation("POST", "/api/v1/livechat/users/{type}")

    broken = no_longer_complete(coverage(declared() - {lost}))

    assert [(each.tag, each.missing) for each in broken] == [("Omnichannel Users", [lost])]
