"""No input makes the server fail: generated requests for every endpoint of our own document."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from frontdesk.features import FEATURES
from frontdesk.http.openapi import openapi_document
from tests.harness.client import Api
from tests.harness.postgres import Cluster
from tests.harness.server import FrontdeskProcess

#: Requests for one endpoint; those of the document's examples come on top.
EXAMPLES = 15
#: These end the log-in under which all others are called.
ENDS_THE_SESSION = r"/(logout|users\.logout|users\.deleteOwnAccount)$"

schema = schemathesis.openapi.from_dict(
    openapi_document(FEATURES, "/"),
    config=SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                generation=GenerationConfig(
                    max_examples=EXAMPLES, deterministic=True, with_security_parameters=False
                ),
                phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=False)),
            )
        )
    ),
).exclude(path_regex=ENDS_THE_SESSION)


class Administrator:
    """Somebody who may do everything, and logs in again when the log-in was lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._headers: dict[str, str] = {}

    def call(self, case: schemathesis.Case[Any]) -> schemathesis.Response:
        """Send a generated request."""
        response = self._send(case)
        if response.status_code == 401:
            with Api(self._url) as nobody, nobody.login_as_administrator() as admin:
                self._headers = {"X-User-Id": admin.user_id, "X-Auth-Token": admin.token}
            response = self._send(case)
        return response

    def _send(self, case: schemathesis.Case[Any]) -> schemathesis.Response:
        return case.call(base_url=self._url, session=self._session, headers=self._headers)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


@pytest.fixture(scope="module")
def administrator(
    engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Administrator]:
    """Return the administrator of a server that no other test uses: its settings do not last."""
    postgres: Cluster | None = None
    if engine == "postgresql":
        postgres = request.getfixturevalue("postgres")
    server = FrontdeskProcess(
        tmp_path_factory.mktemp("fuzzed"),
        database_url=postgres.new_database() if postgres else None,
    )
    server.start()
    somebody = Administrator(server.url)
    yield somebody
    somebody.close()
    server.stop()


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_no_input_makes_the_server_fail(
    case: schemathesis.Case[Any], administrator: Administrator
) -> None:
    response = administrator.call(case)

    case.validate_response(response, checks=[not_a_server_error])
    assert response.status_code < 500
