"""What replaces a library's function looks, pickles and goes away as the original."""

import inspect
import pickle
import subprocess
import sys
import textwrap
import types

import cloudpickle
import joblib
import pytest
from sklearn import metrics
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import jupyter_mlops as mlflow
from jupyter_mlops.tracking.patches import Patches
from tests.autologging.conftest import X, y


def _dicts():
    kinds = (Ridge, LogisticRegression, GridSearchCV, Pipeline, StandardScaler)
    return [dict(vars(kind)) for kind in kinds] + [{name: getattr(metrics, name) for name in metrics.__all__}]


def test_everything_is_put_back_exactly():
    before = _dicts()
    mlflow.sklearn.autolog()
    mlflow.sklearn.autolog(log_models=False)
    assert _dicts() != before
    mlflow.sklearn.autolog(disable=True)
    assert _dicts() == before


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_several_that_replaced_the_same_put_it_back_in_any_order(order):
    class Base:
        def fit(self):
            return "fitted"

    class Model(Base):
        pass

    several = [Patches() for _ in order]
    for patches in several:
        patches.replace(Model, "fit", lambda original, self: original(self) + "!")
    assert Model().fit() == "fitted!!!"
    for place in order:
        several[place].restore()
    assert "fit" not in vars(Model)


def test_preparation_is_left_alone():
    before = dict(vars(StandardScaler))
    mlflow.sklearn.autolog()
    assert dict(vars(StandardScaler)) == before


def test_signature_name_and_documentation_stay():
    before = [(inspect.signature(f), f.__doc__, f.__name__) for f in (Ridge.fit, Ridge.score, metrics.f1_score)]
    mlflow.sklearn.autolog()
    assert [(inspect.signature(f), f.__doc__, f.__name__) for f in (Ridge.fit, Ridge.score, metrics.f1_score)] == before


@pytest.mark.parametrize("dumps", [pickle.dumps, cloudpickle.dumps])
def test_pickles_hold_nothing_of_ours(dumps):
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}, scoring=metrics.make_scorer(metrics.f1_score), cv=2)
    before = dumps(search)
    mlflow.sklearn.autolog(log_models=False)
    patched = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}, scoring=metrics.make_scorer(metrics.f1_score), cv=2)
    fitted = dumps(clone(patched).fit(X, y))
    assert dumps(patched.estimator) == dumps(search.estimator)
    assert len(dumps(patched)) <= len(before)
    contents = [fitted, dumps(Ridge.fit), dumps(Ridge.score), dumps(Ridge().fit), dumps(metrics.f1_score)]
    assert b"jupyter_mlops" not in b"".join(contents)
    script = "import sys, pickle; [pickle.load(sys.stdin.buffer) for _ in range(5)]; print('jupyter_mlops' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], input=b"".join(contents), capture_output=True, check=True).stdout
    assert told == b"False\n"


def test_a_class_of_the_user_pickles_by_value():
    script = """
        import sys, cloudpickle, jupyter_mlops
        from sklearn.linear_model import Ridge
        jupyter_mlops.sklearn.autolog()
        class Mine(Ridge):
            def fit(self, X, y):
                return super().fit(X, y)
        content = cloudpickle.dumps(Mine())
        assert b"jupyter_mlops" not in content
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)


def test_what_somebody_else_replaced_is_left_to_them():
    class Model:
        def fit(self):
            return 1

    patches = Patches()
    assert patches.replace(Model, "fit", lambda original, *args: original(*args) + 1)
    assert not patches.replace(Model, "fit", lambda original, *args: 0)
    ours = Model.fit
    Model.fit = theirs = lambda self: ours(self) * 10
    patches.restore()
    assert Model.fit is theirs
    assert Model().fit() == 20


def test_what_cannot_be_replaced_is_passed_over():
    class Model:
        fit = property(lambda self: lambda: 1)
        made = staticmethod(lambda: 2)

    patches = Patches()
    module = types.ModuleType("module")
    module.value = 3
    assert not any(patches.replace(*place, print) for place in ((Model, "fit"), (Model, "made"), (Model, "no"), (module, "value")))


def test_joblib_persists_a_patched_model(tmp_path):
    mlflow.sklearn.autolog(log_models=False)
    joblib.dump(Ridge().fit(X, y), tmp_path / "model")
    assert b"jupyter_mlops" not in (tmp_path / "model").read_bytes()
