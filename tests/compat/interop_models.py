"""Models of scikit-learn, XGBoost and LightGBM, saved by one package and loaded by another: a script.

Arguments: the package, ``save`` or ``load``, a folder, arguments of ``load_model`` as JSON. Prints predictions as JSON.
"""

import importlib
import json
import logging
import pathlib
import sys
import warnings

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 3)), columns=["a", "b", "c"])
Y = (X["a"] > 0).astype(int)
XGB, LGB = {"objective": "binary:logistic", "nthread": 1}, {"objective": "binary", "verbose": -1, "num_threads": 1}
QUIET = {"n_estimators": 4, "n_jobs": 1}


def xgboost_booster():
    return xgboost.train(XGB, xgboost.DMatrix(X, Y), 4)


def lightgbm_booster():
    return lightgbm.train(LGB, lightgbm.Dataset(X, Y), 4)


MODELS = {
    "sklearn LogisticRegression": (lambda: LogisticRegression().fit(X, Y), {}),
    "sklearn pipeline, pickle": (
        lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y), {"serialization_format": "cloudpickle"},
    ),
    "sklearn forest, pickle": (
        lambda: RandomForestClassifier(4, random_state=0).fit(X, Y), {"serialization_format": "cloudpickle"},
    ),
    "xgboost Booster": (xgboost_booster, {}),
    "xgboost Booster, json": (xgboost_booster, {"model_format": "json"}),
    "xgboost Booster, ubj": (xgboost_booster, {"model_format": "ubj"}),
    "xgboost Booster, xgb": (xgboost_booster, {"model_format": "xgb"}),
    "xgboost XGBClassifier": (lambda: xgboost.XGBClassifier(**QUIET).fit(X, Y), {}),
    "xgboost XGBRFRegressor": (lambda: xgboost.XGBRFRegressor(**QUIET).fit(X, Y), {}),
    "lightgbm Booster": (lightgbm_booster, {}),
    "lightgbm LGBMClassifier": (lambda: lightgbm.LGBMClassifier(verbose=-1, **QUIET).fit(X, Y), {}),
    "lightgbm LGBMRegressor, pickle": (
        lambda: lightgbm.LGBMRegressor(verbose=-1, **QUIET).fit(X, Y), {"serialization_format": "cloudpickle"},
    ),
}  # fmt: skip


def predict(model):
    data = xgboost.DMatrix(X) if isinstance(model, xgboost.Booster) else X
    return np.asarray(model.predict(data), "float64").tolist()


def save(mlflow, folder):
    for name, (make, given) in MODELS.items():
        flavor, model = getattr(mlflow, name.partition(" ")[0]), make()
        example = {"input_example": X[:3], "pip_requirements": ["numpy"]}
        try:
            flavor.save_model(model, path=folder / name, **given, **example)
        except TypeError:  # MLflow 2 has no serialization_format: it pickles
            flavor.save_model(model, path=folder / name, **example)
        yield name, [predict(model)] * 2


def load(mlflow, folder, given):
    for path in sorted(folder.iterdir()):
        if path.name in MODELS:
            flavor = getattr(mlflow, path.name.partition(" ")[0])
            yield path.name, [_try(flavor.load_model, path, given), _try(mlflow.pyfunc.load_model, path, given)]


def _try(loader, path, given):
    try:
        return predict(loader(str(path), **given))
    except Exception as error:
        return type(error).__name__


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    package = importlib.import_module(sys.argv[1])
    for flavor in ("sklearn", "xgboost", "lightgbm"):
        importlib.import_module(f"{sys.argv[1]}.{flavor}")
    logging.disable(logging.CRITICAL)
    place = pathlib.Path(sys.argv[3])
    print(json.dumps(dict(save(package, place) if sys.argv[2] == "save" else load(package, place, json.loads(sys.argv[4])))))
