"""The real MLflow, used by tests and benchmarks, see `environments`.

``JUPYTER_MLOPS_TEST_MLFLOW`` names a Python that has it, in place of the newest one here.
"""

import os

import pytest

from tests.environments import environment

VERSIONS = ("3.17.2", "2.22.0")
_GIVEN = os.environ.get("JUPYTER_MLOPS_TEST_MLFLOW")  # tests run without variables of that name


def mlflow_peer(version=VERSIONS[0]):
    """Python of an environment with that version of MLflow and scikit-learn."""
    if _GIVEN and version == VERSIONS[0]:
        return _GIVEN
    return str(environment(f"mlflow-{version}"))


@pytest.fixture(scope="session")
def mlflow_python():
    """Python that has the newest MLflow of `VERSIONS`."""
    return mlflow_peer()


@pytest.fixture(scope="session", params=VERSIONS)
def each_mlflow_python(request):
    """Python that has MLflow, once for each version."""
    return mlflow_peer(request.param)
