"""What an evaluation found, and how it is kept."""

from __future__ import annotations

import json
import os
import posixpath
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.evaluation.artifacts import (
    ARTIFACT_CLASSES,
    EvaluationArtifact,
    JsonEvaluationArtifact,
    PickleEvaluationArtifact,
)
from jupyter_mlops.storage.duckdb.tables import read_parquet, write_parquet
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mlops.evaluation.evaluated import Evaluated
    from jupyter_mlops.evaluation.findings import Findings
    from jupyter_mlops.evaluation.intervals import Interval

__all__ = ["EvaluationResult"]

_TABLES = "tables"


class EvaluationResult:
    """What `evaluate` returns.

    Parameters
    ----------
    metrics : dict of str to float
    artifacts : dict of str to EvaluationArtifact
    run_id : str, optional
    tables : dict of str to DataFrame, optional
    evaluated : Evaluated, optional
    findings : Findings, optional
    prefix : str, optional
        Of the metrics' names.

    Attributes
    ----------
    metrics, artifacts, run_id
    evaluated : Evaluated or None
        Targets and predictions, of a classifier or regressor that was evaluated in this process.
    version : str or None
        The registered version that was evaluated, as ``models:/NAME/NUMBER``.

    Examples
    --------
    >>> EvaluationResult({"accuracy_score": 0.9}, {}).save("found")
    >>> EvaluationResult.load("found").metrics
    {'accuracy_score': 0.9}
    """

    def __init__(
        self,
        metrics: Mapping[str, float],
        artifacts: Mapping[str, EvaluationArtifact],
        run_id: str | None = None,
        tables: Mapping[str, pd.DataFrame] | None = None,
        evaluated: Evaluated | None = None,
        findings: Findings | None = None,
        prefix: str = "",
    ) -> None:
        self.metrics = dict(metrics)
        self.artifacts = dict(artifacts)
        self.run_id = run_id
        self.evaluated = evaluated
        self.findings = findings
        self.prefix = prefix
        self.version: str | None = None
        self._frames = dict(tables or {})

    @classmethod
    def merged(cls, results: Sequence[EvaluationResult], run_id: str | None) -> EvaluationResult:
        """What several evaluators found, as one; of two things of one name that of the later one."""
        one = cls({}, {}, run_id)
        for result in results:
            one.metrics |= result.metrics
            one.artifacts |= result.artifacts
            one._frames |= result._frames
            if one.evaluated is None:
                one.evaluated, one.findings, one.prefix = result.evaluated, result.findings, result.prefix
        return one

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables by name: ``eval_results_table``, if a metric has a score of each row, and ``rows``, see `evaluate`."""
        kept = {
            name: artifact.content
            for name, artifact in self.artifacts.items()
            if isinstance(artifact, JsonEvaluationArtifact)
        }
        frames = {name: _frame(table) for name, table in kept.items() if _is_table(table)}
        return {**frames, **self._frames}

    @property
    def intervals(self) -> dict[str, Interval]:
        """Confidence intervals of metrics, see `confidence_intervals`; empty for a result that was loaded."""
        return {f"{self.prefix}{name}": one for name, one in (self.findings.intervals if self.findings else {}).items()}

    def compare(self, other: EvaluationResult, level: float = 0.95) -> pd.DataFrame:
        """Whether this model is better than another on the same rows, or only luckier: a paired bootstrap.

        Parameters
        ----------
        other : EvaluationResult
            Of the same data, in the same order, evaluated in this process as this one.
        level : float, default 0.95
            Of the intervals.

        Returns
        -------
        DataFrame
            A row a metric: ``this``, ``other``, ``difference`` (this minus other), its interval ``low`` and ``high``, and
            ``p_value``: how often luck alone makes a difference as large as that.

        Raises
        ------
        InvalidParameter
            They are of other rows, or one was not evaluated here.

        Examples
        --------
        >>> import pandas as pd
        >>> import jupyter_mlops as mlflow
        >>> data = pd.DataFrame({"x": range(40), "y": [0.0, 1.0] * 20})
        >>> one, other = (
        ...     mlflow.evaluate(lambda frame: frame.x * 0 + guess, data, targets="y", model_type="regressor") for guess in (0.5, 0.9)
        ... )
        >>> one.compare(other).loc["mean_squared_error", ["this", "other"]].round(2).tolist()
        [0.25, 0.41]
        """
        from jupyter_mlops.evaluation.metric_tables import metric_functions
        from jupyter_mlops.evaluation.paired_tests import paired_differences

        if self.evaluated is None or other.evaluated is None:
            raise InvalidParameter("Compared are results of a classifier or regressor that evaluate() returned in this process.")
        found = paired_differences(self.evaluated, other.evaluated, level)
        lines = {}
        for name, one in found.items():
            mine, its = (metric_functions(each)[name](each) for each in (self.evaluated, other.evaluated))
            lines[name] = {"this": mine, "other": its, "difference": mine - its, "low": one.low, "high": one.high, "p_value": one.p_value}
        made: pd.DataFrame = whole_import("pandas").DataFrame.from_dict(lines, orient="index")
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a folder, in MLflow's form; a table of rows lies beside it as Parquet."""
        _write_json(self.metrics, _made(path, "metrics.json"))
        known = {
            name: {"uri": artifact.uri, "class_name": f"mlflow.models.evaluation.artifacts.{type(artifact).__name__}"}
            for name, artifact in self.artifacts.items()
        }
        _write_json(known, _made(path, "artifacts_metadata.json"))
        os.makedirs(_made(path, "artifacts"), exist_ok=True)
        names = _file_names([artifact.uri for artifact in self.artifacts.values()])
        for name, artifact in zip(names, self.artifacts.values(), strict=True):
            artifact._save(_made(path, "artifacts", name))
        for name, frame in self._frames.items():
            write_parquet(frame, _made(path, _TABLES, f"{name}.parquet"))

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, trust: bool = False) -> EvaluationResult:
        """Read what `save` wrote, here or in MLflow.

        Parameters
        ----------
        path : path
        trust : bool, default False
            Read pickles, too, which may run code. Without, they are there but their content cannot be read.

        Raises
        ------
        NotFound
            There is no result that was saved.
        InvalidParameter
            It has an artifact of a kind that is not known.
        """
        artifacts = {}
        if not os.path.isfile(known_file := os.path.join(path, "artifacts_metadata.json")):
            raise NotFound(f"There is no result of an evaluation in {os.fspath(path)!r}: give the folder that save() was given.")
        every = _read_json(known_file)
        file_names = _file_names([known["uri"] for known in every.values()])
        for file_name, (name, known) in zip(file_names, every.items(), strict=True):
            artifact = _class_named(known["class_name"])(known["uri"])
            if isinstance(artifact, PickleEvaluationArtifact):
                artifact.trusted = trust
            if trust or not isinstance(artifact, PickleEvaluationArtifact):
                artifact._load(os.path.join(path, "artifacts", file_name))
            artifacts[name] = artifact
        folder = os.path.join(path, _TABLES)
        files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        tables = {name.removesuffix(".parquet"): read_parquet(os.path.join(folder, name)) for name in files}
        return cls(_read_json(os.path.join(path, "metrics.json")), artifacts, tables=tables)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value:.4g}" for name, value in self.metrics.items())
        return f"EvaluationResult({shown}; artifacts: {', '.join(self.artifacts) or 'none'})"


def _made(*parts: str | os.PathLike[str]) -> str:
    """A path, whose folder is there."""
    path = os.path.join(*parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def _file_names(uris: Sequence[str]) -> list[str]:
    """The last parts of URIs, as MLflow names the files of artifacts; one that is there already, in a folder of its own."""
    found: list[str] = []
    for uri in uris:
        name = posixpath.basename(urllib.parse.urlsplit(uri).path)
        found.append(posixpath.join(str(len(found)), name) if name in found else name)
    return found


def _class_named(name: str) -> type[EvaluationArtifact]:
    """One of our classes, never any class that a file names."""
    found = ARTIFACT_CLASSES.get(name.rpartition(".")[2])
    if found is None:
        raise InvalidParameter(
            f"An artifact of class {name!r} cannot be read: known are {', '.join(ARTIFACT_CLASSES)}."
        )
    return found


def _is_table(content: Any) -> bool:
    return isinstance(content, dict) and content.keys() == {"columns", "data"}


def _frame(table: dict[str, Any]) -> pd.DataFrame:
    made: pd.DataFrame = whole_import("pandas").DataFrame(table["data"], columns=table["columns"])
    return made


def _write_json(value: Any, path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def _read_json(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
