import pytest

from tests.harness import requirements
from tests.harness.requirements import Part, require


@pytest.fixture(autouse=True)
def a_part_that_is_nowhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(requirements.PARTS, "unicorn", Part(lambda: False, "unicorn-server"))
    monkeypatch.delenv("FRONTDESK_TEST_REQUIRE", raising=False)


def test_a_missing_part_skips_the_test_and_says_how_to_get_it():
    with pytest.raises(pytest.skip.Exception, match="apt-get install unicorn-server"):
        require("unicorn")


@pytest.mark.parametrize("promise", ["all", "unicorn", "redis, unicorn"])
def test_a_missing_part_that_was_promised_fails_the_test(
    promise: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FRONTDESK_TEST_REQUIRE", promise)
    with pytest.raises(pytest.fail.Exception, match="FRONTDESK_TEST_REQUIRE"):
        require("unicorn")


def test_a_promise_of_other_parts_leaves_it_a_skip(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FRONTDESK_TEST_REQUIRE", "redis")
    with pytest.raises(pytest.skip.Exception):
        require("unicorn")


def test_every_part_can_be_looked_for():
    assert {type(part.present()) for part in requirements.PARTS.values()} == {bool}
