"""The rows behind the numbers: inputs, target, prediction, probabilities and error of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from jupyter_mlops.entities.evaluation_files import distinct_texts
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.resamples import losses
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ROWS_TABLE", "rows_table"]

ROWS_TABLE = "rows"
_MOST = 100_000


def rows_table(
    inputs: pd.DataFrame, evaluated: Evaluated, groups: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, str]:
    """A table of rows, and which they are, in words.

    Parameters
    ----------
    inputs : DataFrame of n_rows
    evaluated : Evaluated
    groups : DataFrame of n_rows, optional
        See `slice_groups`.

    Returns
    -------
    rows : DataFrame
        ``row`` (its position in the data), ``target``, ``prediction``, ``error`` (of a classifier whether it is wrong, of a
        regressor prediction minus target), ``loss`` (how wrong: of a classifier what the probability of the right label
        costs, or 0 and 1, of a regressor the size of the error), ``probability <label>`` of each label, ``weight`` if there are weights, ``slice <name>`` (the group that the row belongs to), and the
        inputs by their names, with `` (input)`` behind where one of these has the name.
    which : str
        All rows up to 100,000; of more a sample of as many, of a classifier in the shares of the targets.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = Evaluated(np.array([1.0, 2.0]), np.array([1.5, 2.0]))
    >>> rows_table(pd.DataFrame({"x": [3, 4]}), seen)[0].to_dict("records")[0]
    {'row': 0, 'target': 1.0, 'prediction': 1.5, 'error': 0.5, 'loss': 0.5, 'x': 3}
    """
    chosen, which = _chosen(evaluated)
    seen = evaluated.rows(chosen)
    columns: dict[str, Any] = {"row": chosen, "target": seen.y, "prediction": seen.predictions, "error": _errors(seen), "loss": losses(seen)}
    if seen.labels is not None and seen.probabilities is not None:
        names = distinct_texts([f"probability {label}" for label in seen.labels], str.lower)
        columns |= {name: seen.probabilities[:, index] for index, name in enumerate(names)}
    if seen.weights is not None:
        columns["weight"] = seen.weights
    if groups is not None:
        columns |= {f"slice {name}": groups[name].to_numpy()[chosen] for name in groups.columns}
    taken = {name.lower() for name in columns}  # names of columns that differ in case only are one in SQL
    for index, name in enumerate(map(str, inputs.columns)):
        free = name
        while free.lower() in taken:
            free += " (input)"
        taken.add(free.lower())
        columns[free] = _storable(inputs.iloc[:, index].to_numpy()[chosen])
    made: pd.DataFrame = whole_import("pandas").DataFrame(columns)
    return made, which


def _chosen(evaluated: Evaluated) -> tuple[NDArray[np.int64], str]:
    """Positions of the rows that are kept."""
    count = len(evaluated)
    every = np.arange(count)
    if count <= _MOST:
        return every, f"all {count}"
    of_each = np.unique(evaluated.y, return_counts=True)[1] if evaluated.is_classifier else np.array([0])
    if of_each.min() > 1 and len(of_each) <= count - _MOST:  # what is left out has a row of each as well
        sample, _ = train_test_split(every, train_size=_MOST, stratify=evaluated.y, random_state=0)
        return np.sort(sample), f"{_MOST} of {count}, in the shares of the targets"
    return np.sort(np.random.default_rng(0).choice(count, _MOST, replace=False)), f"{_MOST} of {count}, at random"


def _errors(evaluated: Evaluated) -> NDArray[Any]:
    if evaluated.is_classifier:
        return np.asarray(evaluated.y != evaluated.predictions)
    return np.asarray(evaluated.predictions - evaluated.y)


def _storable(values: NDArray[Any]) -> NDArray[Any]:
    """Objects as text, as a column of Parquet has one type; complex numbers as well, as it has none for them."""
    if values.dtype.kind not in "Oc":
        return values
    missing = whole_import("pandas").isna(values)
    texts = [None if gone else str(value) for value, gone in zip(values, missing, strict=True)]
    return np.array(texts, dtype=object)
