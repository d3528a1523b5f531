"""What a run keeps of an evaluation: one batch of metrics, one folder of files, and tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_mlops.entities.evaluation_files import ROWS_NAME, evaluation_path
from jupyter_mlops.entities.tags import EVALUATED_ROWS_TAG
from jupyter_mlops.evaluation.artifact_files import ArtifactFiles
from jupyter_mlops.evaluation.custom_metrics import Known
from jupyter_mlops.evaluation.data_sets import EvaluationDataset
from jupyter_mlops.evaluation.predictions import Answers
from jupyter_mlops.tracking.artifacts import put_folder, target_of
from jupyter_mlops.tracking.run_states import state_of
from jupyter_mlops.tracking.tables import put_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCORES_TABLE", "keep_evaluation", "scores_file", "scores_table"]

SCORES_TABLE = "eval_results_table"
_PLAIN_COLUMNS = ("latency", "token_count")


def scores_table(dataset: EvaluationDataset, answers: Answers, known: Known, prefix: str) -> pd.DataFrame | None:
    """Data, predictions and what metrics say of each row, by their names with `prefix`; None when no metric says that."""
    columns = {}
    for name, value in known.values.items():
        if value.scores is not None:
            columns[f"{prefix}{name}" if name in _PLAIN_COLUMNS else f"{prefix}{name}/score"] = value.scores
        if value.justifications is not None:
            columns[f"{prefix}{name}/justification"] = value.justifications
    if not columns:
        return None
    table, predicted = dataset.frame(), None
    if dataset.labels_data is not None:
        table[dataset.targets_name or "target"] = dataset.labels_data
        predicted = dataset.predictions_name or answers.column
    table[predicted or "outputs"] = answers.array
    for name in sorted(known.asked_others) if answers.others is not None else ():
        table[name] = answers.others[name].to_numpy()  # type: ignore[index]
    return table.assign(**columns)


def keep_evaluation(
    run_id: str,
    metrics: Mapping[str, float],
    files: ArtifactFiles,
    prefix: str,
    rows: tuple[pd.DataFrame, str] | None,
    scores: pd.DataFrame | None,
) -> None:
    """Keep it all with a run.

    Parameters
    ----------
    run_id : str
    metrics : dict of str to float
    files : ArtifactFiles
    prefix : str
        Of the names of files.
    rows : (DataFrame, str) or None
        See `rows_table`. It takes the place of that of an evaluation before with the same prefix.
    scores : DataFrame or None
        See `scores_table`. It is appended to one that is there, as in MLflow.
    """
    target = target_of(run_id)
    tags = [] if rows is None else [(EVALUATED_ROWS_TAG, rows[1])]
    state_of(*target).log_batch([(name, value, None, 0) for name, value in metrics.items()], tags=tags)
    if os.listdir(files.folder):
        put_folder(target, files.folder, "")
    if scores is not None:
        put_table(target, scores, scores_file(prefix))
    if rows is not None:
        put_table(target, rows[0], evaluation_path(prefix, ROWS_NAME), replace=True)


def scores_file(prefix: str) -> str:
    """Where the table of scores lies in the run."""
    return f"{prefix}{SCORES_TABLE}.json"
