"""What is logged of a search for the best params: its candidates as child runs, its results as a table."""

from __future__ import annotations

import csv
import logging
import math
from numbers import Number
from typing import Any

from jupyter_mlops.context.sources import context_tags
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.tags import PARENT_TAG, RUN_NAME_TAG, USER_TAG
from jupyter_mlops.tracking.autologs import AUTOLOGGING_TAG, Session
from jupyter_mlops.tracking.run_names import random_name
from jupyter_mlops.tracking.run_states import new_state
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["is_search", "log_children", "results_csv", "search_metrics", "search_params"]

_NOT_METRICS = ("param", "split")
_log = logging.getLogger(__name__)


def is_search(estimator: Any) -> bool:
    """Whether it is a search, such as ``GridSearchCV``."""
    return is_instance_of(estimator, "sklearn.model_selection._search", "BaseSearchCV")


def search_metrics(search: Any) -> dict[str, float]:
    """The score of the best candidate, if one was chosen by score."""
    return {"best_cv_score": search.best_score_} if hasattr(search, "best_score_") else {}


def search_params(search: Any) -> dict[str, Any]:
    """The params of the best candidate."""
    return {f"best_{name}": value for name, value in getattr(search, "best_params_", {}).items()}


def results_csv(search: Any, path: str) -> None:
    """Write ``cv_results_`` as a table, as pandas would: what is missing is empty."""
    results = {key: values.tolist() if hasattr(values, "tolist") else values for key, values in search.cv_results_.items()}
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results)
        writer.writerows(map(_texts, zip(*results.values(), strict=True)))


def _texts(row: tuple[Any, ...]) -> list[Any]:
    return ["" if isinstance(value, float) and math.isnan(value) else value for value in row]


def log_children(session: Session, search: Any) -> None:
    """Log the best candidates, each as a child run that began with the search and has ended."""
    if not session.goes_on:
        return
    chosen = _best_rows(search.cv_results_, session.options["max_tuning_runs"], session)
    seed = search.estimator
    params = seed.get_params(deep=not is_search(seed))
    tags = {
        **{key: text for key, text in context_tags().items() if key.startswith("mlflow.")},
        AUTOLOGGING_TAG: session.integration.name, PARENT_TAG: session.run.info.run_id,
        "estimator_name": type(seed).__name__, "estimator_class": f"{type(seed).__module__}.{type(seed).__name__}",
    }  # fmt: skip
    ended = now_ms()
    for row in chosen:
        _log_child(session, search.cv_results_, row, params, tags, ended)


def _best_rows(results: dict[str, Any], at_most: int | None, session: Session) -> list[int]:
    count = len(results["params"])
    if at_most is None:
        return list(range(count))
    ranks = next(iter(key for key in ("rank_test_score", *results) if key.startswith("rank_test_") and key in results))
    if ranks != "rank_test_score":
        session.integration.warn("The child runs of %s are the best by %s.", session.what, ranks)
    if count > at_most and not session.options["silent"]:
        _log.info("Of the %d candidates of %s the best %d become child runs.", count, session.what, at_most)
    return sorted(range(count), key=list(results[ranks]).__getitem__)[:at_most]


def _log_child(
    session: Session, results: dict[str, Any], row: int, params: dict[str, Any], tags: dict[str, str], ended: int
) -> None:
    name, info, store = random_name(), session.run.info, session.state.store
    named = {**tags, RUN_NAME_TAG: name}
    child = store.create_run(info.experiment_id, name, tags.get(USER_TAG, "unknown"), info.start_time, named, owned=False)
    state = new_state(store, child)
    metrics = [
        (key, values[row], ended, 0)
        for key, values in results.items()
        if not key.startswith(_NOT_METRICS) and isinstance(values[row], Number)
    ]
    state.log_batch(metrics, {**params, **results["params"][row]}.items())
    state.update("FINISHED", ended)
