"""A real S3 API for the tests of artifact stores."""

import pytest

from tests.s3_servers import _s3_server, s3  # noqa: F401 - fixtures

pytest.register_assert_rewrite("jupyter_mlops.testing.artifact_stores")
