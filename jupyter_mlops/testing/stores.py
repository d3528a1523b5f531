"""What every store must do, as tests: inherit the class, give it a store, run pytest.

A store of your own, tested where it is implemented::

    from jupyter_mlops.errors import NotFound
    from jupyter_mlops.testing.stores import StoreContract


    class TestMyStore(StoreContract):
        gaps = {"test_gates": (NotFound, "my store has no gates")}

        @pytest.fixture
        def store(self, tmp_path):
            return MyStore(tmp_path / "store")

        @pytest.fixture
        def other(self, store, tmp_path):  # optional: another object for the same store, as another process has it
            return MyStore(tmp_path / "store")

What a test writes by `store` it reads by `other`. All names in a test are its own, so one store may serve every test.
"""

from __future__ import annotations

from jupyter_mlops.testing.store_contracts.experiments import ExperimentContract
from jupyter_mlops.testing.store_contracts.logged_models import LoggedModelContract
from jupyter_mlops.testing.store_contracts.metrics import MetricContract
from jupyter_mlops.testing.store_contracts.model_moves import ModelMoveContract, RegistryExtraContract
from jupyter_mlops.testing.store_contracts.registered_models import RegisteredModelContract
from jupyter_mlops.testing.store_contracts.run_tables import RunTableContract
from jupyter_mlops.testing.store_contracts.runs import RunContract
from jupyter_mlops.testing.store_contracts.searches import SearchContract

__all__ = ["StoreContract"]


class StoreContract(
    ExperimentContract,
    RunContract,
    MetricContract,
    SearchContract,
    RunTableContract,
    LoggedModelContract,
    RegisteredModelContract,
    ModelMoveContract,
    RegistryExtraContract,
):
    """Tests of a `Store`.

    Attributes
    ----------
    gaps : mapping of str to (exception, str)
        Tests that the store cannot pass, by name (of one case: ``test_a[case]``), with what they raise and why. One that
        passes all the same fails.
    """
