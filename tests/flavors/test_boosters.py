"""XGBoost and LightGBM: the contract of flavors, their own formats, what their models predict, whom they trust."""

import functools
import json
import types
import warnings

import numpy as np
import pandas as pd
import pytest
import xgboost
import yaml

import jupyter_mlops as mlflow
import jupyter_mlops.lightgbm
import jupyter_mlops.xgboost
from jupyter_mlops.errors import InvalidParameter, InvalidState, UntrustedModel
from jupyter_mlops.models.trust import SIGNATURE_FILE
from jupyter_mlops.testing.flavors import FlavorContract

with warnings.catch_warnings():  # it imports matplotlib, and an old one warns of what it uses itself
    warnings.simplefilter("ignore")
    import lightgbm

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(100, 3)), columns=["a", "b", "c"])
Y = (X["a"] + X["b"] ** 2 > 0.5).astype(int)
QUIET = {"n_estimators": 5, "verbose": -1, "n_jobs": 1}


class OwnRegressor(xgboost.XGBRegressor):
    """An estimator of a user's."""


class OwnClassifier(lightgbm.LGBMClassifier):
    """An estimator of a user's."""


@functools.cache
def xgboost_booster():
    return xgboost.train({"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(X, Y), 5)


@functools.cache
def lightgbm_booster():
    return lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, Y), 5)


@functools.cache
def fitted(kind, **options):
    return kind(**options).fit(X, Y)


class _Rows(FlavorContract):
    runs_code = False

    @pytest.fixture
    def data(self):
        return X[:5]


class TestXgboostBooster(_Rows):
    flavor = jupyter_mlops.xgboost
    model_argument = "xgb_model"
    package = "xgboost-cpu"

    @pytest.fixture
    def model(self):
        return xgboost_booster()

    def predict(self, model, data):
        return model.predict(xgboost.DMatrix(data))


class TestXgboostEstimator(_Rows):
    flavor = jupyter_mlops.xgboost
    model_argument = "xgb_model"
    package = "xgboost-cpu"
    given = types.MappingProxyType({"model_format": "json"})

    @pytest.fixture
    def model(self):
        return fitted(xgboost.XGBClassifier, n_estimators=5, n_jobs=1)


class TestLightgbmBooster(_Rows):
    flavor = jupyter_mlops.lightgbm
    model_argument = "lgb_model"
    package = "lightgbm"

    @pytest.fixture
    def model(self):
        return lightgbm_booster()


class TestLightgbmEstimator(TestLightgbmBooster):
    @pytest.fixture
    def model(self):
        return fitted(lightgbm.LGBMClassifier, **QUIET)


class TestLightgbmEstimatorByPickle(TestLightgbmEstimator):
    runs_code = True
    given = types.MappingProxyType({"serialization_format": "cloudpickle"})


def options(folder, flavor):
    return yaml.safe_load((folder / "MLmodel").read_text())["flavors"][flavor]


def change(folder, **changes):
    said = yaml.safe_load((folder / "MLmodel").read_text())
    for flavor in said["flavors"].values():
        flavor.update(changes)
    (folder / "MLmodel").write_text(yaml.safe_dump(said))


@pytest.mark.parametrize("form", ["ubj", "json"])
def test_a_booster_is_kept_in_the_formats_of_xgboost(form, tmp_path):
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "m", model_format=form)
    assert options(tmp_path / "m", "xgboost") == {
        "code": None, "data": f"model.{form}", "model_class": "xgboost.core.Booster", "model_format": form,
        "xgb_version": xgboost.__version__,
    }  # fmt: skip
    assert options(tmp_path / "m", "python_function")["data"] == f"model.{form}"
    read = xgboost.Booster(model_file=tmp_path / "m" / f"model.{form}")
    assert (read.predict(xgboost.DMatrix(X)) == xgboost_booster().predict(xgboost.DMatrix(X))).all()


@pytest.mark.parametrize("form", ["xgb", "deb"])
@pytest.mark.filterwarnings("ignore:.*UBJSON format as default", "ignore:.*Unknown file format", "ignore:.*deprecated")
def test_old_names_of_xgboosts_formats(form, tmp_path):
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "m", model_format=form)
    assert (tmp_path / "m" / f"model.{form}").exists()
    loaded = mlflow.pyfunc.load_model(tmp_path / "m").predict(X)
    assert (loaded == xgboost_booster().predict(xgboost.DMatrix(X))).all()


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (xgboost.XGBClassifier, Y), (xgboost.XGBRegressor, Y), (xgboost.XGBRFClassifier, Y), (xgboost.XGBRFRegressor, Y),
        (xgboost.XGBClassifier, Y + (X["c"] > 1)),
    ],
)  # fmt: skip
def test_estimators_of_xgboost_come_back_as_themselves(kind, target, tmp_path):
    model = kind(n_estimators=3, n_jobs=1).fit(X, target)
    mlflow.xgboost.save_model(model, tmp_path / "m")
    loaded = mlflow.xgboost.load_model(tmp_path / "m")
    assert type(loaded) is kind
    assert (loaded.predict(X) == model.predict(X)).all()
    if hasattr(model, "predict_proba"):
        assert (loaded.predict_proba(X) == model.predict_proba(X)).all()


def test_rankers(tmp_path):
    model = xgboost.XGBRanker(n_estimators=3, n_jobs=1).fit(X, Y, qid=np.arange(100) // 10)
    mlflow.xgboost.save_model(model, tmp_path / "x")
    assert (mlflow.xgboost.load_model(tmp_path / "x").predict(X) == model.predict(X)).all()
    model = lightgbm.LGBMRanker(**QUIET).fit(X, Y, group=[50, 50])
    mlflow.lightgbm.save_model(model, tmp_path / "l")
    assert (mlflow.lightgbm.load_model(tmp_path / "l").predict(X) == model.predict(X)).all()


def test_params_of_a_call_go_to_xgboost(tmp_path, caplog):
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "m")
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    params = {"output_margin": True, "strange": 1}
    signature = mlflow.models.infer_signature(X, loaded.predict(X), params)
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "n", signature=signature)
    loaded = mlflow.pyfunc.load_model(tmp_path / "n")
    margin = xgboost_booster().predict(xgboost.DMatrix(X), output_margin=True)
    assert (loaded.predict(X, params=params) == margin).all()
    assert "strange" in caplog.text and "output_margin" not in caplog.text
    assert (loaded.predict(X, params={"output_margin": False}) != margin).any()


def test_a_pyfunc_takes_arrays_too(tmp_path):
    model = xgboost.train({"nthread": 1}, xgboost.DMatrix(X.to_numpy(), Y), 3)
    mlflow.xgboost.save_model(model, tmp_path / "m", input_example=X.to_numpy()[:5])
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert (loaded.predict(X.to_numpy()) == model.predict(xgboost.DMatrix(X.to_numpy()))).all()
    assert loaded.get_raw_model().num_boosted_rounds() == 3


def test_requirements_name_the_package_that_is_here(tmp_path):
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "m")
    names = [line.partition("==")[0] for line in (tmp_path / "m" / "requirements.txt").read_text().splitlines()]
    assert names == ["mlflow", "numpy", "scipy", "xgboost-cpu"]


def test_a_booster_of_lightgbm_is_its_text(tmp_path):
    mlflow.lightgbm.save_model(lightgbm_booster(), tmp_path / "m")
    assert options(tmp_path / "m", "lightgbm") == {
        "code": None, "data": "model.lgb", "lgb_version": lightgbm.__version__, "model_class": "lightgbm.basic.Booster",
    }  # fmt: skip
    read = lightgbm.Booster(model_file=tmp_path / "m" / "model.lgb")
    assert (read.predict(X) == lightgbm_booster().predict(X)).all()


@pytest.mark.parametrize(("form", "name"), [(None, "model.skops"), ("skops", "model.skops"), ("pickle", "model.pkl")])
def test_estimators_of_lightgbm(form, name, tmp_path):
    model = fitted(lightgbm.LGBMClassifier, **QUIET)
    mlflow.lightgbm.save_model(model, tmp_path / "m", serialization_format=form)
    said = options(tmp_path / "m", "lightgbm")
    assert (said["data"], said["serialization_format"]) == (name, form or "skops")
    assert said["model_class"] == "lightgbm.sklearn.LGBMClassifier"
    loaded = mlflow.lightgbm.load_model(tmp_path / "m")
    assert (loaded.predict_proba(X) == model.predict_proba(X)).all()


def test_an_estimator_that_skops_does_not_hold_is_pickled(tmp_path):
    mlflow.lightgbm.save_model(OwnClassifier(**QUIET).fit(X, Y), tmp_path / "m")
    assert (tmp_path / "m" / "model.pkl").exists()
    assert isinstance(mlflow.lightgbm.load_model(tmp_path / "m"), OwnClassifier)
    (tmp_path / "m" / SIGNATURE_FILE).unlink()
    with pytest.raises(UntrustedModel):
        mlflow.lightgbm.load_model(tmp_path / "m")


def test_a_class_of_xgboost_needs_no_trust_and_any_other_does(tmp_path):
    mlflow.xgboost.save_model(OwnRegressor(n_estimators=2, n_jobs=1).fit(X, Y), tmp_path / "m")
    assert isinstance(mlflow.xgboost.load_model(tmp_path / "m"), OwnRegressor)
    (tmp_path / "m" / SIGNATURE_FILE).unlink()
    with pytest.raises(UntrustedModel, match="OwnRegressor"):
        mlflow.xgboost.load_model(tmp_path / "m")
    for name in ("xgboost.sklearn.XGBRegressor", "xgboost.XGBRegressor"):
        change(tmp_path / "m", model_class=name)
        assert type(mlflow.xgboost.load_model(tmp_path / "m")) is xgboost.XGBRegressor
    for name in ("xgboost.core.os.getcwd", "xgboost.core.DMatrix", "xgboost.sklearn.train", "antigravity.Booster", "x"):
        change(tmp_path / "m", model_class=name)
        for load in (mlflow.xgboost.load_model, mlflow.pyfunc.load_model):
            with pytest.raises(UntrustedModel):
                load(tmp_path / "m")
    change(tmp_path / "m", model_class="gone.Model")
    with pytest.raises(InvalidParameter, match=r"gone\.Model"):
        mlflow.xgboost.load_model(tmp_path / "m", trust=True)


@pytest.mark.parametrize("content", [b"", b"{", b"nothing", b"{}", json.dumps({"learner": {}}).encode()])
def test_damaged_models_are_errors(content, tmp_path):
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "x")
    (tmp_path / "x" / "model.ubj").write_bytes(content)
    with pytest.raises(InvalidState):
        mlflow.xgboost.load_model(tmp_path / "x")
    mlflow.lightgbm.save_model(lightgbm_booster(), tmp_path / "l")
    (tmp_path / "l" / "model.lgb").write_bytes(content + b"\xff")
    with pytest.raises(InvalidState):
        mlflow.lightgbm.load_model(tmp_path / "l")


@pytest.mark.parametrize("form", ["ubj", "json"])
def test_a_model_that_is_cut_off_does_not_end_the_process(form, tmp_path):
    mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "m", model_format=form)
    file = tmp_path / "m" / f"model.{form}"
    whole = file.read_bytes()
    for part in (1, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:part])
        with pytest.raises(InvalidState, match="cut off"):
            mlflow.xgboost.load_model(tmp_path / "m")


def test_a_model_of_lightgbm_that_is_cut_off_is_an_error(tmp_path):
    mlflow.lightgbm.save_model(lightgbm_booster(), tmp_path / "m")
    file = tmp_path / "m" / "model.lgb"
    whole = file.read_bytes()
    for part in (0, 20, whole.index(b"\nTree=0"), len(whole) // 4, whole.index(b"end of trees") - 1):
        file.write_bytes(whole[:part])
        with pytest.raises(InvalidState, match="cut off"):
            mlflow.lightgbm.load_model(tmp_path / "m")


def test_only_models_of_the_library_are_taken(model, tmp_path):
    with pytest.raises(InvalidParameter, match="LogisticRegression"):
        mlflow.xgboost.save_model(model, tmp_path / "m")
    with pytest.raises(InvalidParameter, match="LogisticRegression"):
        mlflow.lightgbm.save_model(model, tmp_path / "m")
    with pytest.raises(InvalidParameter, match="ubj, json"):
        mlflow.xgboost.save_model(xgboost_booster(), tmp_path / "m", model_format="onnx")
    assert not (tmp_path / "m").exists()


def test_the_flavors_do_not_import_their_libraries(python):
    script = """
        import sys
        import jupyter_mlops as mlflow
        import jupyter_mlops.lightgbm, jupyter_mlops.xgboost
        print(mlflow.xgboost.FLAVOR_NAME, mlflow.lightgbm.FLAVOR_NAME, {"xgboost", "lightgbm"} & set(sys.modules))
    """
    assert python(script).split() == ["xgboost", "lightgbm", "set()"]
