"""A failure of autologging never fails the fit: the model is as without, and one warning says what is missing."""

import logging
import threading

import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV

import jupyter_mlops as mlflow
from tests.autologging.conftest import X, y


def warned(caplog):
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


def _patched(monkeypatch, method):
    """Have a method of a class of scikit-learn fail; autologging is set up after it."""

    own = getattr(Ridge, method)

    def broken(self, *args, **kwargs):
        if kwargs.get("deep") is False:
            return own(self, *args, **kwargs)  # scikit-learn itself asks for these
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(Ridge, method, broken, raising=False)


@pytest.mark.parametrize("method", ["get_params", "predict", "score", "_repr_html_inner", "__getstate__", "__sklearn_tags__"])
def test_a_broken_estimator(monkeypatch, caplog, runs, method):
    before = Ridge().fit(X, y).coef_
    if method == "__sklearn_tags__":  # scikit-learn's own fit asks for them
        monkeypatch.setattr(Ridge, "fit", lambda self, X, y: setattr(self, "coef_", before) or self)
    _patched(monkeypatch, method)
    mlflow.sklearn.autolog()
    model = Ridge().fit(X, y)
    assert (model.coef_ == before).all()
    assert [run.info.status for run in runs()] == ["FINISHED"]
    assert len(warned(caplog)) <= 1
    if method != "_repr_html_inner":
        assert "broken on purpose" in caplog.text


@pytest.mark.parametrize("metric", ["mean_squared_error", "r2_score"])
def test_metrics_that_raise(monkeypatch, caplog, runs, metric):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(f"sklearn.metrics.{metric}", broken)
    mlflow.sklearn.autolog(log_models=False)
    Ridge().fit(X, y)
    (run,) = runs()
    assert "training_mean_absolute_error" in run.data.metrics
    assert len(warned(caplog)) == 1
    assert "broken on purpose" in caplog.text


class Wild(Ridge):
    """Answers for every attribute, and with an error."""

    def __getattr__(self, name):
        if name in ("predict_proba", "best_score_", "classes_", "__len__"):
            raise RuntimeError(f"no {name} on purpose")
        raise AttributeError(name)

    def __eq__(self, other):
        raise RuntimeError("no comparison on purpose")

    __hash__ = None


def test_an_estimator_that_misbehaves(caplog, runs):
    mlflow.sklearn.autolog(log_models=False)
    assert Wild().fit(X, y).predict(X).shape == (12,)
    assert runs()[0].info.status == "FINISHED"
    assert runs()[0].data.tags["estimator_name"] == "Wild"


class _Text:
    def __repr__(self):
        raise RuntimeError("no text on purpose")


def test_a_param_without_text(caplog, runs):
    mlflow.sklearn.autolog(log_models=False)
    model = LogisticRegression(verbose=0)
    model.get_params = lambda deep=True: {"kind": _Text()}
    model.fit(X, y)
    assert "training_score" in runs()[0].data.metrics
    assert "no text on purpose" in caplog.text


def test_no_store_can_be_made(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    mlflow.set_tracking_uri(str(tmp_path / "file" / "mlops.duckdb"))
    mlflow.sklearn.autolog()
    assert Ridge().fit(X, y).coef_.shape == (2,)
    assert len(warned(caplog)) == 1
    mlflow.set_tracking_uri(str(tmp_path / "mlops.duckdb"))


_READ_ONLY = """
import ctypes, os, sys
DAC_OVERRIDE, DROP = 1, 24
if os.getuid() == 0 and len(sys.argv) == 2:  # a root that has to ask, as everybody
    assert ctypes.CDLL(None).prctl(DROP, DAC_OVERRIDE, 0, 0, 0) == 0
    os.execv(sys.executable, [*sys.orig_argv, "again"])
import logging
logging.basicConfig(format="%(message)s", stream=sys.stdout)
import jupyter_mlops as mlflow
from sklearn.linear_model import Ridge
mlflow.set_tracking_uri(sys.argv[1] + "/mlops.duckdb")
mlflow.sklearn.autolog()
print(Ridge().fit([[0.0], [1.0]], [0.0, 1.0]).coef_.shape)
"""


def test_a_folder_that_is_read_only(tmp_path, python):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    lines = python(_READ_ONLY, folder).splitlines()
    assert lines[-1] == "(1,)"
    assert sum("Autologging of Ridge.fit is not complete" in line for line in lines) == 1
    assert list(folder.iterdir()) == []


_FULL = """
import logging, resource, signal, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
import jupyter_mlops as mlflow
from sklearn.linear_model import Ridge
Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
mlflow.sklearn.autolog()
for size in map(int, sys.argv[1:]):
    if size:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    print("fitted", Ridge().fit([[0.0], [1.0]], [0.0, 1.0]).coef_.shape)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(sorted(set(run.info.status for run in mlflow.search_runs(output_format="list"))))
"""


def test_a_full_disk(python):
    """Files that may not grow: before the run, in the middle of it, at the model; then there is room again."""
    lines = python(_FULL, 0, 1, 3000, 6000, 20000, 0).splitlines()
    assert sum(line == "fitted (1,)" for line in lines) == 6
    troubles = [line for line in lines if "is not complete" in line]
    assert 1 <= len(troubles) <= 4
    assert "FINISHED" in lines[-1]


def test_a_model_that_cannot_be_pickled(caplog, runs):
    mlflow.sklearn.autolog()
    model = Ridge()
    model.lock = threading.Lock()
    model.fit(X, y)
    assert runs()[0].data.metrics
    assert len(warned(caplog)) == 1
    assert "the model: " in caplog.text
    assert "model" not in [info.path for info in mlflow.MlflowClient().list_artifacts(runs()[0].info.run_id)]


def test_a_search_whose_results_are_odd(caplog, runs, monkeypatch):
    mlflow.sklearn.autolog(log_models=False)
    search = GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2)
    monkeypatch.setattr(GridSearchCV, "_format_results", lambda *args, **kwargs: {"odd": 1}, raising=False)
    with pytest.raises(KeyError):  # scikit-learn's own error
        search.fit(X, y)
    assert runs()[0].info.status == "FAILED"


def test_metrics_afterwards_that_cannot_be_logged(caplog, tmp_path):
    mlflow.sklearn.autolog(log_models=False)
    model = Ridge().fit(X, y)
    mlflow.MlflowClient().delete_run(mlflow.last_active_run().info.run_id)
    assert isinstance(model.score(X, y), float)
    assert model.predict(X).shape == (12,)
    assert all("is deleted" in line for line in warned(caplog))
    assert len(warned(caplog)) == 2
