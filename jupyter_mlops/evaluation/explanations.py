"""Which features a model looks at, by SHAP; without the package there are no such figures."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.artifact_files import ArtifactFiles
from jupyter_mlops.evaluation.called_models import CalledModel, estimator_of
from jupyter_mlops.evaluation.data_sets import EvaluationDataset
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.predictions import frame_for
from jupyter_mlops.shap import log_explainer
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.silences import quiet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EXPLAINER", "explain"]

EXPLAINER = "explainer"
"""Path of the model among the artifacts of the run."""

_log = logging.getLogger(__name__)
_ALGORITHMS = ("exact", "permutation", "partition", "kernel")
_LINKS = ("identity", "logit")
_ROWS = 2000


def explain(
    model: Any, dataset: EvaluationDataset, evaluated: Evaluated, config: Mapping[str, Any], files: ArtifactFiles, run_id: str | None
) -> None:
    """Figures of what each feature adds to the predictions; the explainer itself is kept with the run where ``log_explainer`` asks for it.

    Raises
    ------
    InvalidParameter
        An algorithm or link that SHAP has not.
    """
    algorithm, link = config.get("explainability_algorithm"), config.get("explainability_kernel_link", "identity")
    if algorithm is not None and algorithm not in _ALGORITHMS:
        raise InvalidParameter(f"explainability_algorithm is one of {', '.join(_ALGORITHMS)}, not {algorithm!r}.")
    if link not in _LINKS:
        raise InvalidParameter(f"explainability_kernel_link is one of {', '.join(_LINKS)}, not {link!r}.")
    is_wanted = bool(config.get("log_explainer")) and run_id is not None
    if model is None:
        return
    if not all(importlib.util.find_spec(name) for name in ("shap", "matplotlib")):
        if is_wanted:
            _log.warning("There is no explainer to log without SHAP: pip install 'jupyter-mlops[shap]'.")
        return
    if isinstance(model, CalledModel) and model.is_elsewhere:
        _log.info("Not explained by SHAP, which would ask another process thousands of times: evaluate the model with env_manager='local' for that.")
        return
    frame = frame_for(model, dataset)
    if reason := _obstacle(frame, evaluated, algorithm):
        _log.info("Not explained by SHAP, which needs %s.", reason)
        return
    try:
        with quiet():
            values, explainer = _values(model, frame, evaluated, algorithm, link, config.get("explainability_nsamples", _ROWS))
            for name, plot in _plots(values).items():
                _keep(name, plot, files)
            if is_wanted:
                log_explainer(explainer, EXPLAINER, run_id=run_id)
    except Exception as error:  # SHAP has no explainer for some models; the rest of the evaluation is none the worse
        if not config.get("ignore_exceptions", True):
            raise
        _log.warning("Not all explained by SHAP: %s: %s", type(error).__name__, error)


def _obstacle(frame: pd.DataFrame, evaluated: Evaluated, algorithm: str | None) -> str:
    types = whole_import("pandas").api.types
    if not types.is_numeric_dtype(evaluated.y):
        return "targets that are numbers"
    if algorithm != "kernel" and not all(map(types.is_numeric_dtype, frame.dtypes)):
        return "features that are numbers"
    return ""


def _values(
    model: Any, frame: pd.DataFrame, evaluated: Evaluated, algorithm: str | None, link: str, rows: int
) -> tuple[Any, Any]:
    """Values of rows, and what explained them."""
    import shap  # only when it is installed

    make_frame = whole_import("pandas").DataFrame
    names = list(frame.columns)
    frame = frame.fillna(frame.mean(numeric_only=True))
    sample = shap.sample(frame, rows, random_state=0)
    estimator = estimator_of(model)
    predict = model.predict if estimator is None else estimator.predict

    def answer(data: Any) -> Any:
        return predict(make_frame(data, columns=names))

    if algorithm == "kernel":
        explainer = shap.KernelExplainer(answer, shap.sample(frame, rows, random_state=3), link=link)
        base = np.full(len(sample), explainer.expected_value)
        return shap.Explanation(explainer.shap_values(sample), base, sample.to_numpy(), feature_names=names), explainer
    many = evaluated.labels is not None and len(evaluated.labels) > 2
    if algorithm or estimator is None or many or hasattr(estimator, "steps"):  # its plots know no values of each class
        explainer = shap.Explainer(answer, sample, feature_names=names, **({"algorithm": algorithm} if algorithm else {}))
        return explainer(sample), explainer
    explainer = shap.Explainer(estimator, sample, feature_names=names)
    values = explainer(sample)
    return values[..., 1] if values.values.ndim == 3 else values, explainer


def _plots(values: Any) -> dict[str, Callable[[], object]]:
    import shap

    return {
        "shap_beeswarm_plot": lambda: shap.plots.beeswarm(values, show=False),
        "shap_summary_plot": lambda: shap.summary_plot(values, show=False),
        "shap_feature_importance_plot": lambda: shap.plots.bar(values, show=False),
    }


def _keep(name: str, plot: Callable[[], object], files: ArtifactFiles) -> None:
    from matplotlib import pyplot  # SHAP draws with it

    figure = pyplot.figure(figsize=(6.0, 4.0))
    try:
        plot()
        files.add(name, ".png", lambda path: pyplot.gcf().savefig(path, bbox_inches="tight", dpi=175))
    finally:
        pyplot.close(pyplot.gcf())
        pyplot.close(figure)
