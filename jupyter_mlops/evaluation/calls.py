"""``evaluate()``: how good a model is on some data, as metrics, figures and tables of a run."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.entities.tags import EVALUATED_MODEL_TAG
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.custom_metrics import check_metrics
from jupyter_mlops.evaluation.data_sets import EvaluationDataset, as_dataset, evaluation_dataset
from jupyter_mlops.evaluation.evaluated_models import opened_model
from jupyter_mlops.evaluation.evaluators import Chosen, choose_evaluators
from jupyter_mlops.evaluation.results import EvaluationResult
from jupyter_mlops.evaluation.slices import Slices, slice_groups
from jupyter_mlops.evaluation.thresholds import MetricThreshold, check_thresholds, validate_evaluation_results
from jupyter_mlops.evaluation.verdicts import note_verdict
from jupyter_mlops.registry.uris import names_version, version_uri
from jupyter_mlops.tracking.active_runs import active_run, start_run, state_or_start
from jupyter_mlops.tracking.autologs import paused
from jupyter_mlops.tracking.inputs import dataset_input
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["evaluate"]

_MODEL_TYPES = ("classifier", "regressor")
_DATASETS_TAG = "mlflow.datasets"


def evaluate(
    model: Any = None,
    data: Any = None,
    *,
    model_type: str | None = None,
    targets: Any = None,
    predictions: str | None = None,
    dataset_path: str | None = None,
    feature_names: Sequence[str] | None = None,
    evaluators: str | Sequence[str] | None = None,
    evaluator_config: dict[str, Any] | None = None,
    extra_metrics: Sequence[Any] | None = None,
    custom_artifacts: Sequence[Any] | None = None,
    env_manager: str | None = "local",
    model_config: dict[str, Any] | None = None,
    inference_params: dict[str, Any] | None = None,
    model_id: str | None = None,
    slices: Slices | None = None,
    custom_metrics: Sequence[Any] | None = None,
    validation_thresholds: Mapping[str, MetricThreshold] | None = None,
    baseline_model: Any = None,
    baseline_config: dict[str, Any] | None = None,
    trust: bool = False,
) -> EvaluationResult:
    """Evaluate a model on data, and log what is found to the active run, or to one that is started for it.

    Parameters
    ----------
    model : str, path, PyFuncModel, callable or estimator, optional
        A URI or folder, a loaded model, a function of a DataFrame, or an object with ``predict``. Without, `data` has predictions.
        ``endpoints:/<name>`` is a deployment, see `jupyter_mlops.deployments.set_deployments_target`: its predictions alone are known.
    data : DataFrame, array, list or Dataset
        Features, and of a DataFrame targets. Of a DataFrame of Spark the first 10,000 rows.
    model_type : ``"classifier"`` or ``"regressor"``, optional
        Without, `extra_metrics` are all that is computed.
    targets : str, or array or list, optional
        Column of a DataFrame; the labels themselves of an array. A Dataset brings its own.
    predictions : str, optional
        Column of the data that has predictions; with a model, the column of its answer.
    dataset_path : str, optional
        Where the data lies, for the record.
    feature_names : list of str, optional
        Columns that the model is given: by default those that an estimator was fitted on, where all are there, else all but targets
        and predictions.
    evaluators : str or list of str, optional
        All by default, see `list_evaluators`.
    evaluator_config : dict, optional
        ``pos_label``, ``label_list``, ``average``, ``sample_weights``, ``metric_prefix``, ``col_mapping``,
        ``max_classes_for_multiclass_roc_pr``, ``calibration_n_bins``, ``calibration_classifier_name``,
        ``confidence_level`` (of the intervals; 0.95, None for none), ``resamples`` (1000), ``slice_metric``,
        ``log_model_explainability``, ``log_explainer`` (False; as the model ``explainer`` of the run), ``explainability_algorithm``,
        ``explainability_nsamples``, ``explainability_kernel_link``, ``ignore_exceptions`` (True; of SHAP).
        With several evaluators by their names.
    extra_metrics, custom_metrics : list of EvaluationMetric, optional
        One's own, see `make_metric`.
    custom_artifacts : list of callable, optional
        ``f(eval_df, builtin_metrics, artifacts_dir)`` returns a dict of names to DataFrames, arrays, figures, JSON or paths.
    env_manager : {"local", "virtualenv", "uv", "conda"}, optional
        What makes an environment of the model's own, once, in which a process predicts for a model that is given by its URI; the best
        that is installed with None. By default the model runs in this process. SHAP explains it only there.
    model_config : dict, optional
        For a model that is given by its URI.
    inference_params : dict, optional
        Params that go with every request to a deployment.
    model_id : str, optional
        The logged model, ``m-…``, whose metrics these are; that of the model itself by default. It is the run's tag
        ``jupyter_mlops.evaluation.model_id``.
    slices : list of str or of lists of str, or dict of str to callable, optional
        Columns of the data, also of those that the model does not take, by whose values the rows are grouped, several in a list
        of their own by all their combinations; or functions of the data that return a group for each row.
        ``result.tables["slices"]`` has the metrics of each group, the worst first.
    validation_thresholds : dict of str to MetricThreshold, optional
        Raise when they are not kept, after all is logged; see `validate_evaluation_results`. Of a registered version the registry then
        knows whether it passed: its lineage shows it, and the gate ``evaluation passed`` of `registry.require` asks for it.
    baseline_model, baseline_config : optional
        Another model, of which nothing is logged, to compare with by the thresholds.
    trust : bool, default False
        Load models that run code and were not signed by this user, and install the packages that they name.

    Returns
    -------
    EvaluationResult
        Metrics, artifacts and tables; ``result.tables["rows"]`` has inputs, target, prediction, error and probabilities of each
        row, up to 100,000, and the run keeps it as ``evaluation/rows.parquet``.

    Raises
    ------
    InvalidParameter
        Arguments that cannot be, or do not belong together.
    MlflowException
        A metric of one's own fails.
    ModelValidationFailedException
        Thresholds are not kept; what was found is its ``result``.

    Notes
    -----
    Names and values of metrics are those of MLflow. Intervals of a million rows take some 2 s: ``confidence_level=None`` leaves
    them out. A run that is started here ends FAILED when an exception leaves it.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> iris = load_iris(as_frame=True).frame
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(iris.drop(columns="target"), iris["target"])
    >>> result = mlflow.evaluate(tree, iris, targets="target", model_type="classifier")
    >>> round(result.metrics["accuracy_score"], 2), mlflow.get_run(result.run_id).data.metrics["example_count"]
    (0.96, 150.0)
    """
    if custom_metrics and extra_metrics:
        raise InvalidParameter("custom_metrics is an old name of extra_metrics: give only one of them.")
    _check_kinds(model_type, feature_names=feature_names, slices=slices)
    metrics = check_metrics(extra_metrics or custom_metrics)
    if custom_artifacts is not None and not (isinstance(custom_artifacts, list | tuple) and all(map(callable, custom_artifacts))):
        raise InvalidParameter("custom_artifacts is a list of functions f(eval_df, builtin_metrics, artifacts_dir).")
    thresholds = _thresholds(validation_thresholds, baseline_model)
    model, baseline_model = (os.fspath(one) if isinstance(one, os.PathLike) else one for one in (model, baseline_model))
    chosen = choose_evaluators(evaluators, evaluator_config, model_type)  # looks at the settings as well
    mapping = (evaluator_config or {}).get("col_mapping") or {}
    targets, predictions = (
        mapping.get(name, name) if isinstance(name, str) else name for name in (targets, predictions)
    )
    _check_arguments(model, data, targets, predictions, model_type, metrics)
    logged = as_dataset(data, targets, predictions if model is None else None)
    dataset = evaluation_dataset(logged, feature_names, dataset_path)
    columns = dataset.whole_frame(logged)
    of_ours = {
        "columns": columns, "groups": None if slices is None else slice_groups(columns, slices), "names": (_name_of(model), dataset.name),
    }  # fmt: skip
    given = {
        "model_type": model_type, "dataset": dataset, "extra_metrics": metrics, "custom_artifacts": custom_artifacts,
        "predictions": predictions if model is not None else None,
    }  # fmt: skip
    with contextlib.ExitStack() as opened:
        version = version_uri(model) if isinstance(model, str) and names_version(model) else None  # an alias may be moved meanwhile
        called = opened.enter_context(opened_model(version or model, env_manager, model_config, inference_params, trust))
        baseline = None
        if baseline_model is not None:
            baseline = opened.enter_context(opened_model(baseline_model, env_manager, baseline_config, trust=trust))
        logged_id = _model_id(called, model_id)
        with _run() as state:
            _record_data(state, logged, dataset, called, chosen, logged_id)
            with paused():
                result = _evaluated(chosen, called, state.run_id, given, of_ours)
        result.version = version if version and version.count("/") == 2 else None  # a folder below a version is not that version
        if not thresholds:
            note_verdict(result.version, result.run_id, None)
        else:
            built_in = [one for one in chosen if one.is_built_in]
            against = None if baseline is None else _evaluated(built_in, baseline, None, given, of_ours)
            validate_evaluation_results(thresholds, result, against)
    return result


def _check_kinds(model_type: Any, **lists: Any) -> None:
    if not isinstance(model_type, str | None):
        raise InvalidParameter(f"model_type is 'classifier', 'regressor' or None, not {model_type!r}.")
    for name, given in lists.items():
        if not isinstance(given, Iterable | None):
            raise InvalidParameter(f"{name} is a list of names, not {given!r}.")


def _thresholds(given: Any, baseline_model: Any) -> dict[str, MetricThreshold]:
    if given is None:
        return {}
    check_thresholds(given)
    if baseline_model is None and (needing := [name for name, threshold in given.items() if threshold.needs_baseline]):
        raise InvalidParameter(f"Thresholds of a change ({', '.join(needing)}) need a baseline_model to compare with.")
    return dict(given)


def _check_arguments(
    model: Any, data: Any, targets: Any, predictions: str | None, model_type: str | None, metrics: Sequence[Any]
) -> None:
    if data is None:
        raise InvalidParameter("data is needed: a DataFrame, an array, a list or a data set.")
    if isinstance(data, Dataset):
        if targets is not None:
            raise InvalidParameter(
                "A Dataset names its targets itself: make it by from_pandas(…, targets=…), and leave targets out."
            )
        if model is None and predictions is not None:
            raise InvalidParameter("A Dataset names its predictions itself: make it by from_pandas(…, predictions=…).")
        if model is not None and getattr(data, "predictions", None) is not None:
            raise InvalidParameter("The Dataset has predictions and there is a model as well: leave out one of them.")
        targets = getattr(data, "targets", None)
    if model_type in _MODEL_TYPES and targets is None:
        raise InvalidParameter(f"A {model_type} is evaluated against targets: name the column by targets=….")
    if model_type is None and not metrics:
        raise InvalidParameter(
            "Without a model_type, 'classifier' or 'regressor', extra_metrics say what is computed: give some."
        )


@contextlib.contextmanager
def _run() -> Iterator[RunState]:
    """The active run, or one that is ended with the evaluation."""
    if active_run() is not None:
        yield state_or_start()
        return
    with start_run():
        yield state_or_start()


def _record_data(
    state: RunState, logged: Dataset, dataset: EvaluationDataset, model: Any, chosen: Sequence[Chosen], model_id: str | None
) -> None:
    """Say which model was evaluated, and on what."""
    prefixes = [prefix for one in chosen if one.is_built_in and (prefix := one.config.get("metric_prefix"))]
    state.log_inputs([dataset_input(logged, prefixes[0] if prefixes else None)])
    if model_id is not None or EVALUATED_MODEL_TAG in state.tags:  # an earlier evaluation's: the metrics are not that model's any more
        state.set_tags({EVALUATED_MODEL_TAG: model_id or ""})
    if (metadata := getattr(model, "metadata", None)) is None:
        return
    entry = {"name": dataset.name, "hash": dataset.hash, "model": metadata.model_uuid}
    entry |= {"path": dataset.path} if dataset.path else {}
    before = json.loads(state.tags.get(_DATASETS_TAG, "[]"))
    if entry not in before:
        state.set_tags({_DATASETS_TAG: json.dumps([*before, entry], separators=(",", ":"))})


def _model_id(called: Any, given: str | None) -> str | None:
    """The id of a model that was logged, by which ``models:/m-…`` means it."""
    metadata, own = getattr(called, "metadata", None), None
    if metadata is not None and metadata.model_uuid and (metadata.run_id or metadata.model_uuid.startswith("m-")):
        own = f"m-{metadata.model_uuid.removeprefix('m-')}"
    if given is not None and own is not None and given != own:
        raise InvalidParameter(f"model_id={given!r} is another model than the one that is evaluated, {own!r}: leave it out.")
    return own if given is None else given


def _name_of(model: Any) -> str:
    """What a report calls it."""
    if model is None or isinstance(model, str):
        return without_secrets(model or "")
    return getattr(model, "__name__", None) or type(model).__name__


def _evaluated(
    chosen: Sequence[Chosen], model: Any, run_id: str | None, given: Mapping[str, Any], of_ours: Mapping[str, Any]
) -> EvaluationResult:
    """What all evaluators found, as one result."""
    found = [
        one.evaluator.evaluate(
            model=model, run_id=run_id, evaluator_config=one.config, **given, **(of_ours if one.is_built_in else {})
        )
        for one in chosen
    ]
    found = [result for result in found if result is not None]
    if not found:
        raise InvalidParameter(
            f"The evaluators {', '.join(one.name for one in chosen)} found nothing to say of the model."
        )
    return EvaluationResult.merged(found, run_id)
