"""Every store does what the contract says, and the tests of the contract say so."""

import subprocess
import sys

import pytest

from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.testing.stores import StoreContract

IMPLEMENTED = """
import pytest
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.testing.stores import StoreContract

class TestMine(StoreContract):
    gaps = {
        "test_params": (NotFound, "works all the same"),
        "test_nan": (NotFound, "raises something else"),
        "test_names_that_no_model_may_have[dot]": (ValueError, "is one"),
    }

    @pytest.fixture
    def store(self, tmp_path, request):
        store = DuckDBStore(str(tmp_path / "mlops.duckdb"))
        if request.node.name == "test_nan":
            store.log_batch = lambda *given: 1 / 0
        if request.node.name == "test_names_that_no_model_may_have[dot]":
            store.create_registered_model = lambda *given: int("no number")
        return store
"""


@pytest.fixture(scope="module")
def two_of_duckdb(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("store") / "mlops.duckdb")
    return DuckDBStore(path), DuckDBStore(path)


class TestDuckDBStore(StoreContract):
    @pytest.fixture
    def store(self, two_of_duckdb):
        return two_of_duckdb[0]

    @pytest.fixture
    def other(self, two_of_duckdb):
        return two_of_duckdb[1]


def test_a_gap_that_works_or_is_another_one_fails(tmp_path):
    (tmp_path / "test_mine.py").write_text(IMPLEMENTED)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py", "-k", "params and not logged and not numbers or nan or dot"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "[XPASS(strict)] works all the same" in done.stdout
    assert "ZeroDivisionError" in done.stdout
    assert "1 xfailed" in done.stdout, done.stdout


def test_a_gap_of_no_test_is_told():
    with pytest.raises(TypeError, match="test_parms"):
        type("TestMine", (StoreContract,), {"gaps": {"test_parms": (ValueError, "misspelt")}})
