"""A store behind a server, ours or MLflow's, does what the contract of a store says, but for gaps that are listed."""

import pytest

from jupyter_mlops.errors import InvalidParameter, NotFound, ServerLacks
from jupyter_mlops.storage.remote.stores import RemoteStore
from jupyter_mlops.testing.store_contracts.logged_models import LoggedModelContract
from jupyter_mlops.testing.stores import StoreContract
from jupyter_mlops.tracking.run_references import find_run
from tests.mlflow_servers import mlflow_server
from tests.server_processes import started, token_of


class _Later(RemoteStore):
    """What another process sees of a server, after what `first` logged is there."""

    def __init__(self, uri, first):
        super().__init__(uri)
        self.first = first

    @property
    def client(self):
        self.first.flush()
        return super().client


class _OfServer(StoreContract):
    """A store behind a server, `port` of whose it is."""

    @pytest.fixture
    def store(self, port, monkeypatch):
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")  # what MLflow fails at, it fails at again
        store = RemoteStore(f"http://127.0.0.1:{port}")
        yield store
        store.close()

    @pytest.fixture
    def other(self, store, port):
        other = _Later(f"http://127.0.0.1:{port}", store)
        yield other
        other.close()

    def test_a_run_is_meant_by_its_name_the_start_of_its_id_or_its_metric(self, store, other):
        experiment = store.create_experiment("meant by words", None, {})
        runs = [store.create_run(experiment, name, "ann", 1000 * place, {}, owned=False) for place, name in enumerate(("it's", "b"), 1)]
        for run, value in zip(runs, (0.5, 0.9), strict=True):
            store.log_metric(run.info.run_id, "val acc", value, 1, 0)
        words = ("it's", "-2", "best:val acc:min", runs[0].info.run_id, runs[0].info.run_id[:-1], "last", "best:val acc")
        found = [find_run(word, other, experiment).info.run_id for word in words]
        assert found == [run.info.run_id for run in (*[runs[0]] * 5, *[runs[1]] * 2)]
        with pytest.raises(NotFound, match="There is no run 'nobody'"):
            find_run("nobody", other, experiment)


@pytest.fixture(scope="module")
def our_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    with started(folder) as (_, port):
        yield port, token_of(folder)


_TAKES = pytest.fail.Exception  # what should be refused is not
_OURS = {
    "test_where_no_run_begins": (_TAKES, "a run begins without the server, which refuses it later"),
}


class TestOurServer(_OfServer):
    gaps = _OURS

    @pytest.fixture
    def port(self, our_server, monkeypatch):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", our_server[1])
        return our_server[0]


@pytest.fixture(scope="module")
def mlflow_2(tmp_path_factory):
    with mlflow_server(tmp_path_factory.mktemp("theirs"), "2.22.0") as (_, port):
        yield port


_NO_OTHER = "MLflow's filters have no OR and NOT"
_THEIRS = {
    "test_a_run_has_the_id_that_it_was_given": (NotFound, "MLflow's servers give every run its id"),
    "test_a_change_is_noticed": (AssertionError, "MLflow's servers number no changes"),
    "test_the_history_of_a_run_that_is_not_there": (_TAKES, "MLflow answers with no points"),
    "test_an_experiment_is_not_renamed_to_a_name_that_is_taken": (InvalidParameter, "MLflow answers with its database's error"),
    "test_infinities": (AssertionError, "MLflow's databases hold the greatest number in their place"),
    "test_params_as_numbers": (InvalidParameter, "MLflow compares params as texts alone"),
    "test_or_and_not": (InvalidParameter, _NO_OTHER),
    "test_searching_experiments_with_or": (InvalidParameter, _NO_OTHER),
    "test_names_that_no_model_may_have[break]": (_TAKES, "MLflow takes any character but / and :"),
    "test_names_that_no_model_may_have[long]": (_TAKES, "SQLite holds texts of any length"),
    "test_gates": (ServerLacks, "MLflow has no gates"),
    "test_force_needs_a_comment": (_TAKES, "MLflow has no gates to force"),
    "test_a_preview_changes_nothing": (ServerLacks, "MLflow has no gates"),
    "test_moves_are_undone": (AssertionError, "MLflow keeps no history to undo"),
    "test_the_history_of_a_model": (ServerLacks, "MLflow keeps no history"),
    "test_the_history_tells_who_it_was": (ServerLacks, "MLflow keeps no history"),
    "test_other_values_of_a_metric": (ServerLacks, "MLflow tells the last value of a metric alone"),
    "test_uses_and_lineage": (AssertionError, "MLflow keeps no uses"),
}
_NO_LOGGED_MODELS = {
    name: (ServerLacks, "MLflow 2 has no logged models") for name in dir(LoggedModelContract) if name.startswith("test_")
}
_OF_MLFLOW_2 = {
    **_THEIRS,
    **_NO_LOGGED_MODELS,
    "test_ids_that_no_experiment_can_have": (NotFound, "MLflow 2 looks any text up"),
    "test_data_sets_of_experiments": (AssertionError, "MLflow 2 knows a data set in the first experiment that had it alone"),
    "test_a_tag_of_an_experiment_is_removed": (ServerLacks, "MLflow 2 keeps tags of experiments for ever"),
    "test_what_is_missing": (InvalidParameter, "filters of MLflow 2 have no IS NULL"),
    "test_a_deleted_version_has_no_aliases": (AssertionError, "MLflow 2 forgets no alias"),
    **{f"test_names_that_no_model_may_have[{bad}]": (_TAKES, "MLflow 2 refuses an empty name alone") for bad in ("blank", "slash", "colon", "dot")},
}
_OF_MLFLOW_3 = {
    **_THEIRS,
    "test_searching_logged_models_by_status": (AssertionError, "a status is READY in MLflow's filters"),
    "test_metrics_of_runs_that_evaluated_a_logged_model": (AssertionError, "MLflow 3 keeps metrics of models apart from those of runs"),
    "test_metrics_of_a_logged_models_run": (ValueError, "MLflow 3 keeps metrics of models apart from those of runs"),
}


class TestMLflow2Server(_OfServer):
    gaps = _OF_MLFLOW_2

    @pytest.fixture
    def port(self, mlflow_2):
        return mlflow_2


@pytest.fixture(scope="module")
def mlflow_3(tmp_path_factory):
    with mlflow_server(tmp_path_factory.mktemp("theirs"), "3.17.2") as (_, port):
        yield port


class TestMLflow3Server(_OfServer):
    gaps = _OF_MLFLOW_3

    @pytest.fixture
    def port(self, mlflow_3):
        return mlflow_3
