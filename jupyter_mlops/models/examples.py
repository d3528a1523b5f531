"""Input examples: kept with a model as JSON, once for people and once in the form that a scoring server takes."""

from __future__ import annotations

import base64
import datetime
import json
import math
import os
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["convert_input_example_to_serving_input", "plain", "read_example", "split_params", "write_example"]

_FILE, _SERVING = "input_example.json", "serving_input_example.json"
_SPARSE = {"csr": "csr_matrix", "csc": "csc_matrix"}


def split_params(example: Any) -> tuple[Any, dict[str, Any] | None]:
    """Data and params of an example, which is the data or a pair of both."""
    if isinstance(example, tuple) and len(example) == 2 and isinstance(example[1], dict):
        return example
    return example, None


def write_example(folder: str, example: Any) -> dict[str, Any]:
    """Write an example's files; returns ``saved_input_example_info`` for ``MLmodel``.

    Raises
    ------
    InvalidParameter
        It is of no kind that JSON can keep.
    """
    info, kept, serving = _forms(example)
    _write(os.path.join(folder, _FILE), json.dumps(kept))
    _write(os.path.join(folder, _SERVING), json.dumps(serving, indent=2))
    return {"artifact_path": _FILE, "serving_input_path": _SERVING, **info}


def convert_input_example_to_serving_input(input_example: Any) -> str | None:
    """The JSON that a scoring server takes for an example; None for None.

    Raises
    ------
    InvalidParameter
        It is of no kind that JSON can keep.

    Examples
    --------
    >>> print(convert_input_example_to_serving_input(([1.5], {"top": 2})))
    {
      "inputs": [
        1.5
      ],
      "params": {
        "top": 2
      }
    }
    """
    return None if input_example is None else json.dumps(_forms(input_example)[2], indent=2)


def _forms(example: Any) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """What ``MLmodel`` says of an example, the example as it is kept, and as a server takes it."""
    data, params = split_params(example)
    info: dict[str, Any] = {}
    if is_instance_of(data, "pandas", "DataFrame", "Series"):
        kept, serving = _frame(data, info)
    elif is_instance_of(data, "numpy", "ndarray") or _is_dict_of_arrays(data):
        info["type"] = "ndarray"
        kept = plain(data)
        serving = {"inputs": kept}
    elif is_instance_of(data, "scipy.sparse", *_SPARSE.values()):
        info["type"] = f"sparse_matrix_{data.format}"
        kept = {name: plain(getattr(data, name)) for name in ("data", "indices", "indptr", "shape")}
        serving = {"inputs": plain(data.toarray())}
    else:
        if _holds_arrays(data):
            raise InvalidParameter(
                "An input example is one array, a dict of arrays alone, or JSON without arrays: use lists."
            )
        info["type"] = "json_object"
        kept = plain(data)
        serving = {"inputs": kept}
    if params is not None:
        info["params"] = "true"
        kept = {"inputs": kept, "params": plain(params)}
        serving = {**serving, "params": plain(params)}
    return info, kept, serving


def _frame(data: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    import pandas as pd  # is loaded: the data comes from it

    frame = data.to_frame() if isinstance(data, pd.Series) else data
    rows = [plain(list(row)) for row in frame.itertuples(index=False, name=None)]
    positional = isinstance(frame.columns, pd.RangeIndex)
    info |= {"pandas_orient": "values" if positional else "split", "type": "dataframe"}
    kept = {"data": rows} if positional else {"columns": plain(list(frame.columns)), "data": rows}
    return kept, {"dataframe_split": kept}


def _is_dict_of_arrays(data: Any) -> bool:
    return (
        isinstance(data, Mapping) and bool(data) and all(is_instance_of(v, "numpy", "ndarray") for v in data.values())
    )


def _holds_arrays(data: Any) -> bool:
    if isinstance(data, (Mapping, list, tuple)):
        return any(map(_holds_arrays, data.values() if isinstance(data, Mapping) else data))
    return is_instance_of(data, "numpy", "ndarray")


def plain(value: Any) -> Any:
    """`value` as JSON has it: missing values null, times ISO, bytes base64.

    Raises
    ------
    InvalidParameter
        JSON cannot keep it.
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if is_instance_of(value, "numpy", "datetime64"):
        return str(value)
    if is_instance_of(value, "numpy", "generic", "ndarray"):
        return plain((value.astype(str) if value.dtype.kind == "M" else value).tolist())
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    raise InvalidParameter(f"JSON, as of an input example, cannot keep a {type(value).__name__}: use data frames, arrays, or lists and dicts of numbers and texts.")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read_example(text: bytes | str, info: Mapping[str, Any]) -> Any:
    """The example from its file and what ``MLmodel`` says of it, without params."""
    kept = json.loads(text)
    if info.get("params"):
        kept = kept["inputs"]
    if info.get("type") == "dataframe":
        import pandas as pd  # the example is one of its frames

        return pd.DataFrame(kept["data"], columns=kept.get("columns"))
    if str(info.get("type")).startswith("sparse_matrix_"):
        import scipy.sparse  # the example is one of its matrices

        make = getattr(scipy.sparse, _SPARSE[info["type"][-3:]])
        return make((kept["data"], kept["indices"], kept["indptr"]), shape=kept["shape"])
    if info.get("type") == "ndarray":
        import numpy as np  # the example is one of its arrays

        return {k: np.array(v) for k, v in kept.items()} if isinstance(kept, dict) else np.array(kept)
    return kept
