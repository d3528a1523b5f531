"""The settings of our evaluators, as `evaluator_config` has them."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["check_settings"]

_log = logging.getLogger(__name__)
_TEXT, _WHOLE, _NUMBER, _ANY = (str, "a text"), (Integral, "a whole number"), (Real, "a number"), (object, "")
_SETTINGS: dict[str, tuple[type, str]] = {
    "average": _TEXT, "calibration_classifier_name": _TEXT, "calibration_n_bins": _WHOLE, "col_mapping": (Mapping, "a dict of names to columns"),
    "confidence_level": _NUMBER, "explainability_algorithm": _TEXT, "explainability_kernel_link": _TEXT, "explainability_nsamples": _WHOLE,
    "ignore_exceptions": _ANY, "label_list": _ANY, "log_explainer": _ANY, "log_model_explainability": _ANY,
    "max_classes_for_multiclass_roc_pr": _WHOLE, "metric_prefix": _TEXT, "pos_label": _ANY, "resamples": _WHOLE, "sample_weights": _ANY, "slice_metric": _TEXT,
}  # fmt: skip


def check_settings(config: Mapping[str, Any]) -> None:
    """Refuse settings of another kind; what they say is looked at where they are used.

    Other names are arguments of metrics, so that nobody would notice a setting that is misspelt: of what looks like one is warned.

    Raises
    ------
    InvalidParameter
        One is of another kind.

    Examples
    --------
    >>> check_settings({"resamples": 2.5})
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: evaluator_config: resamples is a whole number, not 2.5.
    """
    for name, value in config.items():
        kind, words = _SETTINGS.get(name, _ANY)
        is_left_out = value is None and kind is not Integral  # how many is a number in any case
        if not is_left_out and not isinstance(value, kind):
            raise InvalidParameter(f"evaluator_config: {name} is {words}, not {value!r}.")
        if name not in _SETTINGS and (meant := difflib.get_close_matches(str(name), _SETTINGS, 1, 0.85)):
            _log.warning("evaluator_config has %r, which is no setting: is %r meant?", name, meant[0])
