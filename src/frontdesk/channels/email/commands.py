"""The slash command of e-mail conversations, over REST and as a real-time method."""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.channels.email.replying import COMMAND, send_attachment
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

methods = Methods()


class SlashCommand(msgspec.Struct):
    """A command as clients send it; in which room it is typed follows from its message."""

    cmd: str
    params: str = ""


def run_command(tx: Tx, settings: "Settings", user: Principal, command: str, params: str) -> None:
    """Run a slash command; raises Refused for an unknown one, and what `send_attachment` raises."""
    if command.lower() != COMMAND.lower():
        raise Refused("The command provided does not exist (or is disabled).")
    send_attachment(tx, settings, user, params)


@methods.method("slashCommand", refusal=("error-invalid-user", "Invalid user"))
async def slash_command(caller: Caller, command: SlashCommand) -> None:
    """Run a slash command, as the buttons in messages do."""
    if command.cmd.lower() != COMMAND.lower():
        where = {"method": "executeSlashCommandPreview"}
        raise Coded("error-invalid-command", "Invalid Command Provided", where)
    await caller.write(run_command, caller.settings, caller.user, command.cmd, command.params)
