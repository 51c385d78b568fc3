"""E-mails to users about their accounts, promised in the transaction that gives the reason."""

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import nh3

from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.mail.message import Outgoing, one_line
from frontdesk.mail.sending import send_later
from frontdesk.texts import text

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_PLACEHOLDER = re.compile(r"\[(\w+)\]")
_LINE_ENDS = re.compile(r"<br\s*/?>|</p>|</h\d>", re.IGNORECASE)


def mail_code(tx: Tx, settings: "Settings", user: User, code: str) -> None:
    """Mail a code of six digits to every verified address of a user."""
    language = user.language or settings.text("Language") or "en"
    shown = f"{code[:3]}-{code[3:]}"
    body = (
        f"<p>{text('Here_is_your_authentication_code', language)}</p>"
        f"<p><strong>{shown}</strong></p>"
        f"<p>{text('Do_not_provide_this_code_to_anyone', language)}</p>"
        "<p>"
        f"{text('If_you_didnt_try_to_login_in_your_account_please_ignore_this_email', language)}"
        "</p>"
    )
    for each in user.emails or ():
        if each["verified"]:
            # The subject is not translated (texts of the API, e-mails).
            _promise(tx, settings, each["address"], "Authentication code", body)


def mail_activation(tx: Tx, settings: "Settings", user: User, active: bool) -> None:
    """Tell a user that the account was switched on or off, if the workspace wants that."""
    act = "Activated" if active else "Deactivated"
    wanted = "Activating" if active else "Deactivating"
    if not user.emails or not settings.flag(f"Accounts_Send_Email_When_{wanted}"):
        return
    language = settings.text("Language") or "en"
    subject = f"[{settings.text('Site_Name')}] {text(f'Accounts_Email_{act}_Subject', language)}"
    body = _filled(text(f"Accounts_Email_{act}", language), _values(settings, user), escape=True)
    _promise(tx, settings, user.emails[0]["address"], subject, body)


def mail_welcome(tx: Tx, settings: "Settings", user: User, password: str) -> None:
    """Mail a user the password that was chosen for him."""
    if not user.emails:
        return
    address = user.emails[0]["address"]
    values = {**_values(settings, user), "password": password, "email": address}
    subject = _filled(settings.text("Accounts_UserAddedEmail_Subject"), values, escape=False)
    body = _filled(settings.text("Accounts_UserAddedEmail_Email"), values, escape=True)
    _promise(tx, settings, address, subject, body)


def _promise(tx: Tx, settings: "Settings", address: str, subject: str, body: str) -> None:
    plain = nh3.clean(_LINE_ENDS.sub("\n", body), tags=set())
    framed = None
    if not settings.flag("email_plain_text_only"):
        values = _workspace_values(settings)
        style = f"<style>\n{settings.text('email_style')}</style>\n</head>"
        header = _filled(settings.text("Email_Header"), values, escape=True)
        header = header.replace("</head>", style, 1)
        footer = _filled(settings.text("Email_Footer"), values, escape=True)
        framed = f"{header}{body}{footer}"
    send_later(
        tx,
        Outgoing(
            to=[address],
            subject=one_line(subject),
            text=html.unescape(plain).strip(),
            html=framed,
        ),
        key=f"user:{random_id()}",
    )


def _values(settings: "Settings", user: User) -> dict[str, str]:
    first, _, last = (user.name or "").partition(" ")
    return {
        "name": user.name or user.username,
        "fname": first,
        "lname": last,
        "username": user.username,
        **_workspace_values(settings),
    }


def _workspace_values(settings: "Settings") -> dict[str, str]:
    url = settings.text("Site_Url")
    return {"Site_Name": settings.text("Site_Name"), "Site_Url": url, "Site_URL": url}


def _filled(template: str, values: Mapping[str, str], *, escape: bool) -> str:
    """Replace `[name]` by a value; unknown names stay. Values for HTML are escaped."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1])
        if given is None:
            return found[0]
        return html.escape(given) if escape else given

    return _PLACEHOLDER.sub(value, template)
