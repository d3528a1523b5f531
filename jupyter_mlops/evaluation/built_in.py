"""Our evaluators: of classifiers, of regressors, and of any model by metrics of the user's own alone."""

from __future__ import annotations

import logging
import tempfile
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from jupyter_mlops.entities.evaluation_files import REPORT_NAME, evaluation_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.artifact_files import ArtifactFiles
from jupyter_mlops.evaluation.artifacts import JsonEvaluationArtifact
from jupyter_mlops.evaluation.called_models import estimator_of
from jupyter_mlops.evaluation.class_curves import MOST_CLASSES, ClassCurves, class_curves
from jupyter_mlops.evaluation.classifiers import evaluated_classifier, per_class_metrics
from jupyter_mlops.evaluation.costs import measured_cost
from jupyter_mlops.evaluation.custom_artifacts import make_custom_artifacts
from jupyter_mlops.evaluation.custom_metrics import Known, aggregated, check_metrics, compute_metrics
from jupyter_mlops.evaluation.data_sets import EvaluationDataset
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.explanations import explain
from jupyter_mlops.evaluation.findings import findings_of
from jupyter_mlops.evaluation.metric_tables import metric_functions
from jupyter_mlops.evaluation.model_evaluators import ModelEvaluator
from jupyter_mlops.evaluation.plots import can_draw, draw, plots_of
from jupyter_mlops.evaluation.predictions import Answers, answers_of, features_for, probabilities_of
from jupyter_mlops.evaluation.records import SCORES_TABLE, keep_evaluation, scores_file, scores_table
from jupyter_mlops.evaluation.regressors import evaluated_regressor
from jupyter_mlops.evaluation.reports import report_of
from jupyter_mlops.evaluation.results import EvaluationResult
from jupyter_mlops.evaluation.rows import ROWS_TABLE, rows_table
from jupyter_mlops.evaluation.slices import SLICES_TABLE
from jupyter_mlops.metrics.metric_values import MetricValue
from jupyter_mlops.storage.artifact_stores.transfers import make_bar
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.artifacts import get_artifact_uri

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ClassifierEvaluator", "CustomEvaluator", "RegressorEvaluator"]

_log = logging.getLogger(__name__)
_TIMED = "latency"


class _BuiltInEvaluator(ModelEvaluator):
    """What all of ours do; those below say for which models they are, and what is known of each row."""

    model_type: ClassVar[str | None]

    @classmethod
    def can_evaluate(cls, *, model_type: str | None, evaluator_config: Mapping[str, Any], **_: Any) -> bool:
        return model_type == cls.model_type

    @abstractmethod
    def _evaluated(
        self, model: Any, dataset: EvaluationDataset, answers: Answers, config: Mapping[str, Any]
    ) -> Evaluated | None:
        """The arrays that built-in metrics are computed from; None where there are no such metrics."""

    def evaluate(
        self,
        *,
        model_type: str | None,
        dataset: EvaluationDataset,
        run_id: str | None,
        evaluator_config: Mapping[str, Any],
        model: Any = None,
        extra_metrics: Sequence[Any] | None = None,
        custom_artifacts: Sequence[Any] | None = None,
        predictions: str | None = None,
        columns: pd.DataFrame | None = None,
        groups: pd.DataFrame | None = None,
        names: tuple[str, str] = ("", ""),
        **_: Any,
    ) -> EvaluationResult:
        """What was found. Without a run nothing is logged."""
        metrics = check_metrics(extra_metrics)
        prefix = evaluator_config.get("metric_prefix") or ""
        with tempfile.TemporaryDirectory() as folder, make_bar("evaluating", 4, unit=" steps", delay=1) as bar:
            with measured_cost(len(dataset)) as cost:
                answers = answers_of(model, dataset, predictions, timed=any(metric.name == _TIMED for metric in metrics))
            evaluated = self._evaluated(model, dataset, answers, evaluator_config)
            bar.update()
            known = _known(dataset, answers, evaluator_config)
            if evaluated is not None:
                known.values |= _built_in_metrics(model, dataset, evaluated)
            compute_metrics([metric for metric in metrics if metric.name != _TIMED], known)
            bar.update()
            files = ArtifactFiles(folder, get_artifact_uri() if run_id else "", prefix)
            make_custom_artifacts(custom_artifacts or (), known.eval_df, known.values, files)
            if evaluated is not None:
                most = evaluator_config.get("max_classes_for_multiclass_roc_pr", MOST_CLASSES)
                curves = class_curves(evaluated, max(MOST_CLASSES, most))
                _make_files(model, dataset, evaluated, curves, evaluator_config, files, run_id)
            bar.update()
            found = aggregated(known.values, prefix)
            rows = findings = None
            if evaluated is not None and run_id:  # of a baseline nobody asks for more than its metrics
                rows = rows_table(known.inputs if columns is None else columns, evaluated, groups)
                findings = findings_of(evaluated, groups, None if model is None else cost, evaluator_config)
                report = report_of(evaluated, found, findings, curves, kept=len(rows[0]), prefix=prefix, model=names[0], data=names[1])
                files.keep(evaluation_path(prefix, REPORT_NAME), report)
            scores = scores_table(dataset, answers, known, prefix)
            if run_id:
                keep_evaluation(run_id, found, files, prefix, rows, scores)
        if run_id and scores is not None:
            files.artifacts[SCORES_TABLE] = JsonEvaluationArtifact(get_artifact_uri(scores_file(prefix)))
        tables = {ROWS_TABLE: rows[0]} if rows else {}
        if findings is not None and findings.slices is not None:
            tables[SLICES_TABLE] = findings.slices
        return EvaluationResult(found, files.artifacts, run_id, tables, evaluated, findings, prefix)


class ClassifierEvaluator(_BuiltInEvaluator):
    """Of classifiers."""

    model_type = "classifier"

    def _evaluated(
        self, model: Any, dataset: EvaluationDataset, answers: Answers, config: Mapping[str, Any]
    ) -> Evaluated:
        probabilities, classes = probabilities_of(model, dataset)
        y, predictions, weights = _checked(dataset, answers, config)
        return evaluated_classifier(y, predictions, probabilities, classes, weights, config)


class RegressorEvaluator(_BuiltInEvaluator):
    """Of regressors."""

    model_type = "regressor"

    def _evaluated(
        self, model: Any, dataset: EvaluationDataset, answers: Answers, config: Mapping[str, Any]
    ) -> Evaluated:
        return evaluated_regressor(*_checked(dataset, answers, config))


class CustomEvaluator(_BuiltInEvaluator):
    """Of models of no type: metrics of the user's own are all there is."""

    model_type = None

    def _evaluated(self, model: Any, dataset: EvaluationDataset, answers: Answers, config: Mapping[str, Any]) -> None:
        return None


def _checked(
    dataset: EvaluationDataset, answers: Answers, config: Mapping[str, Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64] | None]:
    """Targets, predictions and weights: one of each row, and none missing."""
    pd = whole_import("pandas")
    y, predictions = dataset.labels_data, answers.array
    if y is None:
        raise InvalidParameter("The data has no targets: name the column by targets=….")
    for what, values in (("targets", y), ("predictions", predictions)):
        if values.ndim != 1:
            raise InvalidParameter(f"{what} have the shape {values.shape}: expected one value of each row.")
        if missing := int(pd.isna(values).sum()):
            raise InvalidParameter(f"{missing} of {len(values)} {what} are missing: leave out rows without.")
    given = config.get("sample_weights")
    try:
        weights = None if given is None else np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidParameter(f"sample_weights are numbers, one for each row, not {given!r:.200}.") from None
    if weights is not None and weights.shape != y.shape:
        raise InvalidParameter(
            f"sample_weights have the shape {weights.shape}: expected one number for each of {len(y)} rows."
        )
    if weights is not None and not (np.isfinite(weights).all() and weights.min() >= 0 and weights.any()):
        raise InvalidParameter("sample_weights are numbers from 0 on, and some are above 0.")
    y, predictions = (pd.Series(values).infer_objects().to_numpy() for values in (y, predictions))  # objects that are all bools, say
    return y, predictions, weights


def _known(dataset: EvaluationDataset, answers: Answers, config: Mapping[str, Any]) -> Known:
    eval_df = whole_import("pandas").DataFrame({"prediction": answers.predictions})
    if dataset.labels_data is not None:
        eval_df["target"] = dataset.labels_data
    names = {"predictions", answers.column or "predictions", dataset.predictions_name or "predictions"}
    values = {} if answers.seconds is None else {_TIMED: MetricValue(scores=answers.seconds)}
    targets = {"targets", dataset.targets_name or "targets"}
    inputs = dataset.frame().reset_index(drop=True)  # rows of all that a metric is given belong together by their places
    return Known(eval_df, inputs, answers.others, config, names, targets, values)


def _built_in_metrics(model: Any, dataset: EvaluationDataset, evaluated: Evaluated) -> dict[str, MetricValue]:
    found = {} if (score := _score(model, dataset, evaluated)) is None else {"score": score}
    found |= {name: function(evaluated) for name, function in metric_functions(evaluated).items()}
    return {name: MetricValue(aggregate_results={name: value}) for name, value in found.items()}


def _score(model: Any, dataset: EvaluationDataset, evaluated: Evaluated) -> float | None:
    """What an estimator says of itself."""
    function = getattr(estimator_of(model), "score", None)
    if function is None:
        return None
    weights = {} if evaluated.weights is None else {"sample_weight": evaluated.weights}
    try:
        return float(function(features_for(model, dataset), evaluated.y, **weights))
    except Exception as error:  # code of the model
        _log.warning("No metric 'score', as the model's own score() fails: %s: %s", type(error).__name__, error)
        return None


def _make_files(
    model: Any, dataset: EvaluationDataset, evaluated: Evaluated, curves: list[ClassCurves], config: Mapping[str, Any], files: ArtifactFiles,
    run_id: str | None,
) -> None:
    if evaluated.is_classifier and not evaluated.is_binary:
        table = per_class_metrics(evaluated)
        files.add("per_class_metrics", ".csv", lambda path: table.to_csv(path, index=False), own=True)  # MLflow gives it no prefix
    plots = plots_of(evaluated, curves, config)
    for name, plot in plots.items() if can_draw() else ():
        draw(name, plot, files)
    if config.get("log_model_explainability", True):
        explain(model, dataset, evaluated, config, files, run_id)
