"""Fixtures for tests of the server."""

import pytest

from jupyter_mlops.tracking.settings import current_store
from tests.server.live import served


@pytest.fixture
def ask():
    """A client of a server of the current store; it brings the token."""
    with served(current_store()) as client:
        yield client
