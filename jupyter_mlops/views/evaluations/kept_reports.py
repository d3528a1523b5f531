"""The form of a kept report: it lies among the files of a run, where anybody who logs may have written it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from jupyter_mlops.entities.evaluation_files import REPORT_NAME, REPORT_VERSION, evaluation_path
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidState, NotFound
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.views.files.contents import file_size, read_part

__all__ = ["read_report"]

_MOST_BYTES = 5_000_000
_Number = int | float | str | None  # NaN and infinities are texts
_Amount = Annotated[float, msgspec.Meta(ge=0)]
_Two = msgspec.Meta(min_length=2, max_length=2)


class _Version(msgspec.Struct):
    version: int


class _Metric(msgspec.Struct):
    name: str
    value: _Number
    low: _Number = None
    high: _Number = None


class _Curve(msgspec.Struct):
    label: str
    share: float
    roc_auc: float
    precision_recall_auc: float
    roc: Annotated[list[list[float]], _Two]
    precision_recall: Annotated[list[list[float]], _Two]


class _Bin(msgspec.Struct):
    said: float
    seen: float
    rows: _Amount


class _Points(msgspec.Struct):
    y: list[_Number]
    prediction: list[_Number]


class _Errors(msgspec.Struct):
    edges: list[float]
    heights: list[float]


class _Cost(msgspec.Struct):
    seconds: _Amount
    rows_per_second: _Amount
    memory_bytes: Annotated[int, msgspec.Meta(ge=0)]


class _Report(msgspec.Struct):
    version: int
    kind: Literal["classifier", "regressor"]
    model: str
    data: str
    rows: int
    level: float
    metrics: list[_Metric]
    kept: int | None = None
    cost: _Cost | None = None
    slice_metric: str | None = None
    slices: list[dict[str, _Number]] = []
    labels: list[str] = []
    label_values: list[str | int | float | bool] = []
    more_labels: int = 0
    matrix: list[list[int | float]] | None = None
    curves: list[_Curve] = []
    calibration: list[_Bin] = []
    calibration_error: float | None = None
    points: _Points | None = None
    errors: _Errors | None = None

    def __post_init__(self) -> None:
        sides = [] if self.matrix is None else [len(self.matrix), *map(len, self.matrix)]
        if any(side != len(self.labels) for side in sides):
            raise ValueError("matrix has not as many rows and columns as there are labels")
        if any(not {"slice", "value", "rows", "low", "high", "difference", self.slice_metric} <= line.keys() for line in self.slices):
            raise ValueError("slices lack values")


def read_report(run: Run, prefix: str = "") -> dict[str, Any]:
    """The report that a run has kept, checked.

    Raises
    ------
    NotFound
        The run has none.
    InvalidState
        It is of another version, or damaged.
    """
    path = evaluation_path(prefix, REPORT_NAME)
    try:
        size = file_size(artifact_store(run.info.artifact_uri), path)
    except NotFound:
        of = f" with prefix {prefix!r:.100}" if prefix else ""
        raise NotFound(f"Run {run.info.run_id} has no evaluation{of}. mlflow.evaluate() in a run makes one.") from None
    content = read_part(run, path, 0, min(size, _MOST_BYTES))
    try:
        version = msgspec.json.decode(content, type=_Version).version
        if version != REPORT_VERSION:
            raise InvalidState(f"The evaluation's report {path} is of another version ({version}): update jupyter_mlops, or evaluate again.")
        report: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(content, type=_Report))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidState(f"The evaluation's report {path} cannot be read: {error}. Evaluate again.") from None
    return report
