"""What the settings that are buttons do (settings of type `action`)."""

import base64
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from frontdesk.access.finding import find_user
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.ids import random_id
from frontdesk.mail.message import Outgoing, one_line
from frontdesk.mail.sending import send_later
from frontdesk.settings.store import write_setting

if TYPE_CHECKING:
    from frontdesk.http.call import Principal
    from frontdesk.settings.workspace import Settings


def make_frame_key(tx: Tx, settings: "Settings", caller: "Principal") -> None:
    """Make a new key for the page next to conversations: 256 bits as a JSON Web Key (RFC 7517)."""
    del settings, caller
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    jwk = {"alg": "A256CBC", "ext": True, "k": key, "key_ops": ["encrypt", "decrypt"], "kty": "oct"}
    value = msgspec.json.encode(jwk).decode()
    write_setting(tx, "Omnichannel_External_Frame_Encryption_JWK", value)


def send_test_mail(tx: Tx, settings: "Settings", caller: "Principal") -> None:
    """Send the caller a mail, as a test of the configuration.

    Raises Coded `error-invalid-email` for a caller without an address.
    """
    user = find_user(tx, caller.id)
    if user is None or not user.emails:
        raise Coded("error-invalid-email", "Invalid email")
    send_later(
        tx,
        Outgoing(
            to=[user.emails[0]["address"]],
            subject=one_line(f"Test of {settings.text('Site_Name')}"),
            text=f"{settings.text('Site_Name')} can send mail.",
        ),
        key=f"test:{random_id()}",
    )


ACTIONS: dict[str, Callable[[Tx, "Settings", "Principal"], None]] = {
    "Omnichannel_External_Frame_GenerateKey": make_frame_key,
    "SMTP_Test_Button": send_test_mail,
}
