"""How good a model is on parts of the data: the groups that a mean hides."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mlops.entities.evaluation_files import distinct_texts
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.intervals import telling_interval
from jupyter_mlops.evaluation.metric_tables import COUNTS, MetricFunction, metric_functions
from jupyter_mlops.evaluation.resamples import resampled

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LOWER_IS_BETTER", "SLICES_TABLE", "ordering_metric", "slice_groups", "slice_table"]

SLICES_TABLE = "slices"
_ORDERING = ("accuracy_score", "mean_absolute_error")
LOWER_IS_BETTER = frozenset(
    {"log_loss", "max_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error", "root_mean_squared_error"}
)
"""Built-in metrics of which less is better."""
_PARTS, _MOST_VALUES, _FEWEST_ROWS = 4, 30, 5

Slices = Sequence[str | Sequence[str]] | Mapping[str, Callable[..., Any]]


def slice_groups(frame: pd.DataFrame, slices: Slices) -> pd.DataFrame:
    """Which group each row belongs to.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        What the rows are: columns of the data, not only those that the model takes.
    slices : sequence of str or of sequences of str, or mapping of str to callable
        Columns; several columns in a list of their own mean all their combinations. A mapping gives names to functions of the frame
        that return a group for each row.

    Returns
    -------
    DataFrame of shape (n_rows, n_slices)
        Groups as text. Numbers and dates of more than ten values are cut into quarters; of more than thirty values or combinations
        the rarest are one group, ``(other)``; missing values are the group ``(missing)``. What is longer than 200 characters is cut,
        and a name that is there already, in any case, gets a number: ``hall (2)``.

    Raises
    ------
    InvalidParameter
        A column that is not there or there twice, or a function that returns no group for each row.

    Examples
    --------
    >>> import pandas as pd
    >>> slice_groups(pd.DataFrame({"hall": ["a", None], "sweet": [True, False]}), ["hall", ["hall", "sweet"]])
            hall      hall × sweet
    0          a          a × True
    1  (missing)  (missing) × False
    """
    import pandas as pd

    if isinstance(slices, Mapping):
        groups = {str(name): _cut(_by_function(frame, name, function)) for name, function in slices.items()}
    elif isinstance(slices, str):
        raise InvalidParameter(f"slices={slices!r}: a list of columns is needed, as [{slices!r}].")
    else:
        groups = dict(_by_columns(frame, list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]) for wanted in slices)
    return pd.DataFrame(dict(zip(distinct_texts(groups, str.lower), map(_shortened, groups.values()), strict=True)))


def slice_table(
    groups: pd.DataFrame, evaluated: Evaluated, *, metric: str | None = None, level: float = 0.95, resamples: int = 200
) -> pd.DataFrame:  # fmt: skip
    """Metrics of each group of rows, the worst first.

    Parameters
    ----------
    groups : DataFrame of shape (n_rows, n_slices)
        See `slice_groups`.
    evaluated : Evaluated
        Of the same rows.
    metric : str, optional
        What orders the groups; by default accuracy, or the mean absolute error.
    level : float, default 0.95
        Of the interval of that metric.
    resamples : int, default 200
        Drawings for the interval.

    Returns
    -------
    DataFrame
        A row a group: ``slice``, ``value``, ``rows``, ``share``, metrics, ``low`` and ``high`` of the ordering metric, and
        ``difference`` of it to all rows. Groups of less than five rows come last;
        those whose rows all have the weight 0 are left out.

    Raises
    ------
    InvalidParameter
        There is no such metric.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> seen = Evaluated(np.arange(12.0), np.arange(12.0) + [0, 1] * 6)
    >>> slice_table(pd.DataFrame({"hall": ["a", "b"] * 6}), seen)[["slice", "value", "rows", "mean_absolute_error"]]
      slice value  rows  mean_absolute_error
    0  hall     b     6                  1.0
    1  hall     a     6                  0.0
    """
    import pandas as pd

    functions, ordering = _measures(evaluated), ordering_metric(evaluated, metric)
    overall = functions[ordering](evaluated)
    lines = []
    for name in groups.columns:
        for value, places in groups[name].groupby(groups[name], sort=True).indices.items():
            part = evaluated.rows(places)
            if part.weights is not None and not part.weights.any():
                continue
            line = {"slice": name, "value": value, "rows": len(part), "share": len(part) / len(evaluated)}
            line |= {key: function(part) for key, function in functions.items()}
            (drawn,) = resampled(part, resamples=resamples, only=ordering)
            interval = telling_interval(drawn[ordering], level) if ordering in drawn else None
            line |= {"low": interval and interval.low, "high": interval and interval.high, "difference": line[ordering] - overall}
            lines.append(line)
    sign = -1 if ordering in LOWER_IS_BETTER else 1
    lines.sort(key=lambda line: (line["rows"] < _FEWEST_ROWS, np.isnan(line[ordering]), sign * line[ordering]))
    return pd.DataFrame(lines, columns=["slice", "value", "rows", "share", *functions, "low", "high", "difference"])


def _quarters(column: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers or times as the quarter of all that they are in."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        numbers, there, forms = column, column.dropna(), ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
    else:
        numbers = pd.Series(column.to_numpy(np.float64, na_value=np.nan))
        there, forms = numbers[np.isfinite(numbers)], (".4g", ".8g")
    edges = there.quantile(np.linspace(0, 1, _PARTS + 1)).unique()
    if len(edges) < 2:  # whole numbers that are one as floats
        return column
    names = ([f"{low:{form}} to {high:{form}}" for low, high in itertools.pairwise(edges)] for form in forms)
    labels = next((one for one in names if len(set(one)) == len(one)), None)
    return pd.cut(numbers.clip(edges[0], edges[-1]), edges, include_lowest=True, labels=labels).astype("object")


def ordering_metric(evaluated: Evaluated, metric: str | None = None) -> str:
    """What orders slices: the metric that is asked for, else accuracy, or the mean absolute error of a regressor.

    Raises
    ------
    InvalidParameter
        There is no such metric.
    """
    known = _measures(evaluated)
    ordering = metric or next(name for name in _ORDERING if name in known)
    if ordering not in known:
        raise InvalidParameter(f"slice_metric={ordering!r} is no metric here; there are {', '.join(known)}.")
    return ordering


def _measures(evaluated: Evaluated) -> dict[str, MetricFunction]:
    """Metrics that say how good, not how many."""
    return {name: function for name, function in metric_functions(evaluated).items() if name not in COUNTS}


def _by_columns(frame: pd.DataFrame, columns: list[Any]) -> tuple[str, pd.Series[Any]]:
    if not columns:
        raise InvalidParameter("slices has an empty list: name the columns whose combinations are meant.")
    if unknown := [column for column in columns if column not in frame.columns]:
        raise InvalidParameter(f"The data has no column {', '.join(map(repr, unknown))} to slice by; it has {', '.join(map(str, frame.columns))}.")
    if twice := [column for column in columns if list(frame.columns).count(column) > 1]:
        raise InvalidParameter(f"The data has several columns {', '.join(map(repr, twice))}: give them names of their own to slice by one.")
    named = [_cut(frame[column].reset_index(drop=True)) for column in columns]
    groups = named[0]
    for other in named[1:]:
        groups = groups + " × " + other
    return " × ".join(map(str, columns)), _capped(groups)


def _by_function(frame: pd.DataFrame, name: str, function: Callable[..., Any]) -> pd.Series[Any]:
    import pandas as pd

    found = function(frame)  # the user's own
    if np.ndim(found) != 1 or len(found) != len(frame):
        raise InvalidParameter(f"The function of slice {name!r} has to return a group for each of the {len(frame)} rows.")
    return pd.Series(np.asarray(found))


def _cut(column: pd.Series[Any]) -> pd.Series[Any]:
    """Groups of one column, as text."""
    import pandas as pd

    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if (is_number or pd.api.types.is_datetime64_any_dtype(column)) and column.nunique() > 10:
        column = _quarters(column)
    return _capped(column.astype("object").map(str, na_action="ignore").fillna("(missing)"))


def _capped(groups: pd.Series[Any]) -> pd.Series[Any]:
    counts = groups.value_counts()
    return groups if len(counts) <= _MOST_VALUES else groups.where(groups.isin(counts.index[: _MOST_VALUES - 1]), "(other)")


def _shortened(groups: pd.Series[Any]) -> pd.Series[Any]:
    """Groups as a report shows them, so that it can ask for their rows."""
    names = groups.unique()
    return groups.map(dict(zip(names, distinct_texts(names), strict=True)))
