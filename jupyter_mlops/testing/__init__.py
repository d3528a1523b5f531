"""Conformance suites for those who implement a contract of this package. They need pytest.

May import everything; nothing of the package imports it.
"""

import pytest

# So that a test which fails says what was there instead.
pytest.register_assert_rewrite(*(f"jupyter_mlops.testing.{name}" for name in ("artifact_stores", "backends", "flavors", "store_contracts")))
