"""Two Jupyter servers for all tests: one with a token, and one that knows people and what they may."""

import pytest

from jupyter_mlops.tracking.client import MlflowClient
from tests.server.jupyter.jupyter_servers import jupyter_server

PEOPLE = """
from jupyter_server.auth import Authorizer, IdentityProvider, User

class People(IdentityProvider):
    def get_user(self, handler):
        name = handler.request.headers.get("X-Person")
        return User(name, name.title()) if name else None

class Readers(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        if user.username == "reader":
            return action == "read"
        return user.username != "outsider" or resource != "jupyter_mlops"

c.ServerApp.identity_provider_class = People
c.ServerApp.authorizer_class = Readers
"""


@pytest.fixture(scope="package")
def jupyter(tmp_path_factory):
    """A Jupyter server, whose user has a token."""
    with jupyter_server(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="package")
def people(tmp_path_factory):
    """A Jupyter server where `X-Person` says who asks; "reader" may read, "outsider" nothing of ours."""
    with jupyter_server(tmp_path_factory.mktemp("people"), config=PEOPLE) as server:
        yield server


@pytest.fixture
def client(jupyter):
    """What writes to the server's store from another process than the server's."""
    return MlflowClient(str(jupyter.folder / "mlops.duckdb"))
