"""What is logged of one fit."""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Generator
from typing import Any

from jupyter_mlops.autologging.profiles import data_profile
from jupyter_mlops.autologging.sklearn.metrics import Outcome, training_outcome
from jupyter_mlops.autologging.sklearn.plots import draw_classifier
from jupyter_mlops.autologging.sklearn.predictions import note_model
from jupyter_mlops.autologging.sklearn.searches import (
    is_search,
    log_children,
    results_csv,
    search_metrics,
    search_params,
)
from jupyter_mlops.autologging.sklearn.training_data import TrainingData, log_dataset, training_data
from jupyter_mlops.models.signatures import infer_signature
from jupyter_mlops.sklearn import log_model
from jupyter_mlops.tracking.artifacts import put_folder
from jupyter_mlops.tracking.autologs import Session

__all__ = ["log_fit"]

_HTML = """
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8"/>
  </head>
  <body>
    {}
  </body>
</html>
    """


def log_fit(session: Session, estimator: Any, *args: Any, **kwargs: Any) -> Generator[None, Any, None]:
    """Params, tags and data set before the fit; metrics, artifacts, model and a search's candidates after it."""
    data = session.attempt("the training data", training_data, estimator, args, kwargs) or TrainingData()
    session.attempt("the params", _log_params, session, estimator)
    if session.options["log_datasets"] and data.X is not None:
        session.attempt("the data set", log_dataset, session.state, data.X, data.y, "train")
    yield
    outcome = training_outcome(session, estimator, data)
    metrics, params = dict(outcome.metrics), dict[str, Any]()
    if is_search(estimator):
        metrics |= session.attempt("the search's score", search_metrics, estimator) or {}
        params = session.attempt("the search's params", search_params, estimator) or {}
    session.attempt("the metrics", session.log, None, metrics)
    session.attempt("the search's params", session.log, params)
    session.attempt("the artifacts", _log_artifacts, session, estimator, outcome)
    if session.options["log_models"]:
        _log_models(session, estimator, data)
    if is_search(estimator):
        session.attempt("the search's candidates", log_children, session, estimator)
    if session.options["log_post_training_metrics"]:
        note_model(estimator, session.state, session.run)


def _log_params(session: Session, estimator: Any) -> None:
    kind = type(estimator)
    tags = {"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__name__}"}
    session.log(estimator.get_params(deep=not is_search(estimator)), tags=tags)


def _log_artifacts(session: Session, estimator: Any, outcome: Outcome) -> None:
    with tempfile.TemporaryDirectory(prefix="mlops-fit-") as folder:
        session.attempt("estimator.html", _write_html, estimator, os.path.join(folder, "estimator.html"))
        if outcome.is_classifier:
            session.attempt("the plots", draw_classifier, folder, estimator, outcome)
        if is_search(estimator):
            session.attempt("cv_results.csv", results_csv, estimator, os.path.join(folder, "cv_results.csv"))
        put_folder(session.target, folder, None)


def _write_html(estimator: Any, path: str) -> None:
    from sklearn.utils import estimator_html_repr

    with open(path, "w", encoding="utf-8") as file:
        file.write(_HTML.format(estimator_html_repr(estimator)))


def _log_models(session: Session, estimator: Any, data: TrainingData) -> None:
    options = session.options
    signature: Any = False
    if options["log_model_signatures"]:
        signature = session.attempt("the signature", _signature, estimator, data.example) or False
    example = data.example if options["log_input_examples"] else None
    given = {
        "signature": signature, "input_example": example, "training_data": data_profile(session, data.X),
        "serialization_format": options["serialization_format"],
    }  # fmt: skip
    parts = [("model", estimator, options["registered_model_name"])]
    if is_search(estimator) and hasattr(estimator, "best_estimator_"):
        parts.append(("best_estimator", estimator.best_estimator_, None))
    for path, model, name in parts:
        session.attempt(f"the {path}", _log_model, session, model, path, {**given, "registered_model_name": name})


def _log_model(session: Session, model: Any, path: str, given: dict[str, Any]) -> None:
    if session.goes_on:
        log_model(model, path, run_id=session.run.info.run_id, **given)


def _signature(estimator: Any, example: Any) -> Any:
    if example is None:
        raise ValueError("the training data has no first rows")
    method = next((name for name in ("predict", "transform") if hasattr(estimator, name)), None)
    if method is None:
        raise ValueError(f"{type(estimator).__name__} has neither predict nor transform")
    return infer_signature(example, getattr(estimator, method)(copy.deepcopy(example)))
