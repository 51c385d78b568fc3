"""The roles and permissions a workspace starts with."""

import json
from pathlib import Path

from frontdesk.access import roles
from frontdesk.access.roles import Permission, default_permissions, default_roles
from frontdesk.settings.registry import load_registry


def holders(permission_id: str) -> set[str]:
    found = [p for p in default_permissions() if p.id == permission_id]
    assert len(found) == 1
    return set(found[0].roles)


def test_the_roles_of_the_front_desk_are_always_there() -> None:
    ids = {role.id for role in default_roles()}
    assert {"livechat-agent", "livechat-manager", "livechat-monitor"} <= ids
    assert {"admin", "user", "bot", "guest", "anonymous", "app"} <= ids


def test_built_in_roles_cannot_be_deleted_and_appear_once() -> None:
    assert all(role.protected for role in default_roles())
    ids = [role.id for role in default_roles()]
    assert len(ids) == len(set(ids))


def test_the_roles_within_a_room_are_owner_moderator_and_leader() -> None:
    within = {role.id for role in default_roles() if role.scope == "Subscriptions"}
    assert within == {"owner", "moderator", "leader"}


def test_permissions_name_only_roles_that_exist_and_each_once() -> None:
    ids = {role.id for role in default_roles()}
    for permission in default_permissions():
        assert set(permission.roles) <= ids, permission.id
        assert len(permission.roles) == len(set(permission.roles)), permission.id


def test_the_file_holds_one_permission_per_line_and_each_id_once() -> None:
    text = Path(roles.__file__).with_name("permissions.json").read_text()
    permissions = text.partition('"permissions": [\n')[2].splitlines()[:-2]
    ids = [json.loads(line.removesuffix(","))["id"] for line in permissions]
    assert ids == [permission.id for permission in default_permissions()]
    assert len(ids) == len(set(ids))


def test_agents_close_their_own_conversations_and_managers_those_of_others() -> None:
    everybody = {"livechat-agent", "livechat-monitor", "livechat-manager", "admin"}
    assert holders("close-livechat-room") == everybody
    assert holders("close-others-livechat-room") == everybody - {"livechat-agent"}


def test_agents_may_not_request_transcripts_by_themselves() -> None:
    assert holders("send-omnichannel-chat-transcript") == {"livechat-manager", "admin"}


def test_permissions_of_the_call_centre_are_there() -> None:
    assert holders("inbound-voip-calls") == {"livechat-agent"}
    assert holders("outbound-voip-calls") == {"admin", "livechat-manager"}


def test_each_given_setting_has_a_permission_that_nobody_holds() -> None:
    visible = [s.id for s in load_registry().values() if not s.hidden]
    added = default_permissions(visible)[len(default_permissions()) :]
    assert len(added) == len(visible)
    assert added[0] == Permission(
        id=f"change-setting-{visible[0]}", roles=(), setting_id=visible[0]
    )
