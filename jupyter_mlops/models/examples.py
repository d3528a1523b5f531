"""Examples of what goes into a model, kept beside it."""

from __future__ import annotations

import json
import os
from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["write_example"]

_FILE, _SERVING_FILE = "input_example.json", "serving_input_example.json"


def write_example(folder: str, example: Any) -> dict[str, Any]:
    """Write the example's files; returns what ``MLmodel`` says of them.

    Parameters
    ----------
    example : DataFrame, array, or what JSON can hold

    Raises
    ------
    InvalidParameter
        Of another kind.
    """
    kind, content, serving = _forms(example)
    for name, value, indent in ((_FILE, content, None), (_SERVING_FILE, serving, 2)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(value, file, indent=indent)
    return {**kind, "artifact_path": _FILE, "serving_input_path": _SERVING_FILE}


def _forms(example: Any) -> tuple[dict[str, str], Any, Any]:
    import numpy as np
    import pandas as pd

    if isinstance(example, pd.Series):
        example = example.to_frame()
    if isinstance(example, pd.DataFrame):
        split = json.loads(example.to_json(orient="split", index=False, date_format="iso"))
        return {"type": "dataframe", "pandas_orient": "split"}, split, {"dataframe_split": split}
    if isinstance(example, np.ndarray):
        plain = json.loads(pd.Series([example.tolist()]).to_json(orient="values"))[0]  # NaN as null
        return {"type": "ndarray"}, plain, {"inputs": plain}
    try:
        json.dumps(example)
    except (TypeError, ValueError):
        raise InvalidParameter(
            f"An input example is a DataFrame, an array or what JSON can hold, not {type(example).__name__}."
        ) from None
    return {"type": "json_object"}, example, {"inputs": example}
