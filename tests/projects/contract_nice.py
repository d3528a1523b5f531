"""What a backend must do, of one that an installed package offers; run where that is installed."""

import pytest

from jupyter_mlops.testing.backends import BackendContract


class TestNice(BackendContract):
    backend = "nice"

    @pytest.fixture
    def config(self):
        return {"by": 5}
