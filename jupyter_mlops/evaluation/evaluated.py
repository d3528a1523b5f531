"""What is known when a model has answered: the arrays that every number of an evaluation is computed from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Evaluated"]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """Targets and answers, row by row.

    Parameters
    ----------
    y : array of shape (n_rows,)
        Targets.
    predictions : array of shape (n_rows,)
    probabilities : array of shape (n_rows, n_labels), float64, optional
        Of each label, in the order of `labels`.
    weights : array of shape (n_rows,), float64, optional
    labels : array of shape (n_labels,), optional
        Of a classifier, sorted, but for the positive one of two, which is the last. None for a regressor.
    positive : optional
        The positive label of a binary classifier, None otherwise.
    average : {"weighted", "macro", "micro"}
        Of the classes of a multiclass classifier.

    Examples
    --------
    >>> import numpy as np
    >>> from jupyter_mlops.evaluation.metric_tables import metric_functions
    >>> seen = Evaluated(np.array([1, 0, 1]), np.array([1, 0, 0]), labels=np.array([0, 1]), positive=1)
    >>> metric_functions(seen)["recall_score"](seen)
    0.5
    >>> metric_functions(seen)["recall_score"](seen.rows([0, 1]))
    1.0
    """

    y: NDArray[Any]
    predictions: NDArray[Any]
    probabilities: NDArray[np.float64] | None = None
    weights: NDArray[np.float64] | None = None
    labels: NDArray[Any] | None = None
    positive: Any = None
    average: str = "weighted"

    def __len__(self) -> int:
        return len(self.y)

    @property
    def is_classifier(self) -> bool:
        return self.labels is not None

    @property
    def is_binary(self) -> bool:
        return self.labels is not None and len(self.labels) == 2

    @property
    def positive_probabilities(self) -> NDArray[np.float64] | None:
        """Of the positive label of a binary classifier, array of shape (n_rows,)."""
        return self.probabilities[:, -1] if self.is_binary and self.probabilities is not None else None

    def rows(self, indices: ArrayLike) -> Evaluated:
        """Some of the rows: positions, which may repeat, or a mask. Labels stay, also those that no row has."""
        chosen = np.asarray(indices)
        names = ("y", "predictions", "probabilities", "weights")
        return replace(self, **{n: array[chosen] for n in names if (array := getattr(self, n)) is not None})
