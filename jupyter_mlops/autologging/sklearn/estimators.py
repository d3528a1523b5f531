"""Which classes of scikit-learn are autologged."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

__all__ = ["FITS", "INFERENCES", "is_autologged", "loaded_estimators"]

FITS = ("fit", "fit_transform", "fit_predict")
INFERENCES = ("predict", "predict_proba", "predict_log_proba", "transform")
# What prepares data is no training of its own; as a step of a pipeline it is in the pipeline's params.
_NOT_IN = ("sklearn.preprocessing", "sklearn.impute", "sklearn.feature_extraction", "sklearn.feature_selection")
_NOT = ("sklearn.compose._column_transformer.ColumnTransformer",)


def is_autologged(kind: type) -> bool:
    """Whether the fits of a class are logged: public, complete, of scikit-learn, and not for preparing data.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.preprocessing import StandardScaler
    >>> is_autologged(Ridge), is_autologged(StandardScaler)
    (True, False)
    """
    module = kind.__module__
    return (
        module.startswith("sklearn.")
        and ".tests." not in module
        and not module.startswith(_NOT_IN)
        and not kind.__name__.startswith(("_", "Base"))
        and f"{module}.{kind.__name__}" not in _NOT
        and not inspect.isabstract(kind)
    )


def loaded_estimators() -> Iterator[type]:
    """Those of them that are loaded by now."""
    from sklearn.base import BaseEstimator  # loaded, or nobody asks

    seen, todo = set(), [BaseEstimator]
    while todo:
        for kind in todo.pop().__subclasses__():
            if kind not in seen:
                seen.add(kind)
                todo.append(kind)
                if is_autologged(kind):
                    yield kind
