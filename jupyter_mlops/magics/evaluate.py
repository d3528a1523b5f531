"""``%evaluate MODEL DATA --target COLUMN``: how good a model is, as a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyter_mlops.environments.managers import MANAGERS
from jupyter_mlops.errors import ModelValidationFailedException
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.types.inference import is_instance_of

if TYPE_CHECKING:
    from jupyter_mlops.evaluation.results import EvaluationResult

__all__ = ["evaluate"]

_TYPES = ("classifier", "regressor")
_MOST_CLASSES, _MOST_ROWS = 20, 10_000


def _level(text: str) -> float:
    try:
        level = float(text)
    except ValueError:
        level = 0
    if not 0 < level < 1:
        raise ValueError("a number between 0 and 1, as 0.95")
    return level


def _rule(text: str) -> tuple[str, bool, float]:
    """A metric, whether greater is better, and the value that it must keep."""
    found = re.fullmatch(r"\s*(.+?)\s*([<>])=\s*([-+.\w]+)\s*", text)
    try:
        name, sign, number = found.groups() if found else ("", "", "")
        return name, sign == ">", float(number)
    except ValueError:
        raise ValueError("a metric, >= or <=, and a number, as accuracy_score>=0.9") from None


_USAGE = Usage(
    "%evaluate",
    "How good a model is, as a report: %evaluate models:/churn@champion holdout --target churned --slice plan.",
    Words(
        "MODEL DATA", "a URI or a variable; DATA is a DataFrame or a data set of mlflow.data, by its variable", least=2, most=2,
        names=("model_uris", "variables"),
    ),
    Option("-t, --target", "the column that is right", "COLUMN"),
    Option("--type", "what kind of model it is; by its target when not said", "TYPE", names=_TYPES),
    Option("-s, --slice", "a column by whose values the rows are grouped; again for more of them", "COLUMN", many=True),
    Option("--require", "what must hold, as accuracy_score>=0.9; a registered version then passed, or did not, for gates", "RULE", read=_rule, many=True),
    Option("--level", "of the intervals; 0.95", "SHARE", read=_level),
    Option("--prefix", "of the metrics' names, where a run holds several evaluations", "TEXT"),
    Option("--env-manager", "what makes an environment of the model's own, once, to predict in it; local, this one, by default", "|".join(MANAGERS), names=(*MANAGERS,)),
    Option("--trust", "run the model's own code even if you have not signed it"),
)  # fmt: skip


@command(_USAGE, expands=False)
def evaluate(given: Given) -> EvaluationResult:
    """Evaluate a model, see `jupyter_mlops.evaluate`."""
    from IPython.display import display

    from jupyter_mlops.evaluation.calls import evaluate as evaluate_model  # with NumPy and scikit-learn
    from jupyter_mlops.evaluation.thresholds import MetricThreshold

    model, data = (_meant(word, given.variables) for word in given.words)
    if isinstance(data, str):
        _USAGE.refuse(f"there is no variable {data!r}" + ("" if data.isidentifier() else f": name it first, as in data = {data}"))
    if given.type and given.type not in _TYPES:
        _USAGE.refuse(f"--type is one of {', '.join(_TYPES)}")
    config = {"metric_prefix": given.prefix, "confidence_level": given.level}
    thresholds = {name: MetricThreshold(value, greater_is_better=greater) for name, greater, value in given.require}
    if len(thresholds) < len(given.require):
        _USAGE.refuse("--require says one rule of a metric: leave out the others, as only the last one would hold")
    try:
        return evaluate_model(
            model, data, targets=given.target, model_type=given.type or _type_of(data, given.target), slices=given.slice or None,
            evaluator_config={key: value for key, value in config.items() if value is not None}, validation_thresholds=thresholds or None,
            env_manager=given.env_manager or "local", trust=given.trust,
        )  # fmt: skip
    except ModelValidationFailedException as error:
        display(error.result)  # which says why
        raise


def _meant(word: str, variables: Any) -> Any:
    """A variable by its name; another word is the URI that it says."""
    return variables.get(word, word)


def _type_of(data: Any, target: str | None) -> str:
    """A classifier where the targets are few whole numbers or no numbers at all."""
    frame = getattr(data, "df", data)
    name = target or getattr(data, "targets", None)
    if not isinstance(name, str) or not hasattr(frame, "columns") or name not in frame.columns:
        _USAGE.refuse("which column is the target? say it by --target COLUMN")
    if is_instance_of(frame, "pyspark.sql", "DataFrame"):
        frame = frame.select(name).limit(_MOST_ROWS).toPandas()
    column = frame[name]
    values = column.to_numpy()
    is_number = getattr(column.dtype, "kind", values.dtype.kind) in "iuf"  # types of Polars have no kind
    return "regressor" if is_number and (len(set(values.tolist())) > _MOST_CLASSES or bool((column % 1 != 0).any())) else "classifier"
