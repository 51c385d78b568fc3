"""An inbox that stands between a real IMAP server and a real SMTP server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.builders import Person
from tests.channels.email.post import Post, post_office
from tests.harness.client import Api
from tests.harness.dovecot import ImapServer
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer


@pytest.fixture
def new_post(
    server: FrontdeskProcess, admin: Api, imap: ImapServer, smtp: SmtpServer
) -> Iterator[Callable[..., Post]]:
    """Return a function that makes an inbox; what is given are fields of POST email-inbox."""
    with ExitStack() as stack:
        yield lambda **fields: stack.enter_context(post_office(server, admin, imap, smtp, **fields))


@pytest.fixture
def post(new_post: Callable[..., Post], agent: Person) -> Post:
    """Return an inbox, and an agent takes conversations."""
    del agent
    return new_post()
