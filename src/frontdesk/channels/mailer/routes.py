"""The HTTP face of the mailer."""

from html import escape

from frontdesk.channels.mailer.mailing import send_mailing
from frontdesk.channels.mailer.refusing import refuse_mailings
from frontdesk.channels.mailer.schemas import RefuseMailings, SendMailing
from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer
from frontdesk.http.operation import Rate

routes = Routes("Mailer")
pages = Routes("Mailer", prefix="/")

_SEEN = Rate(1, 60_000)
_HTML = b"text/html; charset=utf-8"
_POLICY = (b"content-security-policy", b"default-src 'none'; form-action 'self'")
_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title><h1>{title}</h1>{form}"
)
_FORM = '<form method="post"><button>Send me no more mails</button></form>'


@routes.post(
    "mailer",
    permissions=["send-mail"],
    style="typed",
    request={
        "from": "news@example.org",
        "subject": "News for [fname]",
        "body": "Good day, [name]! <a href='[unsubscribe]'>No more news</a>",
        "dryrun": True,
    },
    refusals=(
        "Invalid from address [error-invalid-from-address]",
        "You must provide the [unsubscribe] link. [error-missing-unsubscribe-link]",
        "Invalid user [error-invalid-user]",
        "Invalid query [error-invalid-query]",
    ),
)
async def mailer(call: Call, body: SendMailing) -> None:
    """Send a mail to the users.

    To all who have an address, have not unsubscribed and fit `query`; with `dryrun` only to the
    user who has the sender's address. `[name]`, `[fname]`, `[lname]`, `[email]` and `[unsubscribe]`
    are filled in. `query` is JSON: fields with a value, `{"$in": [...]}` or `{"$ne": ...}`.
    """
    await call.write(send_mailing, body)


@routes.post(
    "mailer.unsubscribe",
    style="typed",
    rate=_SEEN,
    request={"_id": "c6Lsa9SFVFxJLR56H", "createdAt": "1692284808957"},
)
async def unsubscribe(call: Call, body: RefuseMailings) -> None:
    """Unsubscribe a user from the mailer.

    Nothing is said if id and time of creation do not belong together.
    """
    await call.write(refuse_mailings, body)


@pages.get("mailer/unsubscribe/{_id}/{createdAt}", public=True)
async def unsubscribe_page(call: Call) -> Answer:
    """Ask whether a user wants no mails of the mailer any more.

    The link in every mail leads here. Looking at the page changes nothing.
    """
    return _page("No more mails?", _FORM)


@pages.post("mailer/unsubscribe/{_id}/{createdAt}", public=True)
async def unsubscribe_from_page(call: Call) -> Answer:
    """Unsubscribe by the page that the link in a mail leads to.

    The answer is a page that says so, also for an address that means nobody.
    """
    given = RefuseMailings(call.path["_id"], call.path["createdAt"])
    await call.write(refuse_mailings, given)
    return _page("You will get no more of these mails.", "")


def _page(title: str, form: str) -> Answer:
    body = _PAGE.format(title=escape(title), form=form)
    return Answer(200, body.encode(), [_POLICY], _HTML)
