"""Schemas that are inferred and enforced, by whatever package is named: a script that prints what it makes of each case."""

import datetime
import decimal
import importlib
import json
import logging
import sys
import warnings

import numpy as np
import pandas as pd
import scipy.sparse

TYPES = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
COLUMNS = {
    "bool": pd.Series([True, False]),
    **{
        d: pd.Series([1, 2], dtype=d)
        for d in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
    },
    "0/1": pd.Series([0, 1]),
    "float16": pd.Series([1.5], dtype="float16"),
    "float32": pd.Series([1.5], dtype="float32"),
    "float64": pd.Series([1.5, 2.5]),
    "whole floats with NaN": pd.Series([1.0, None]),
    "NaN": pd.Series([1.5, None]),
    "Int64": pd.Series([1, 2], dtype="Int64"),
    "Int64 with NA": pd.Series([1, None], dtype="Int64"),
    "boolean": pd.Series([True, False], dtype="boolean"),
    "str": pd.Series(["x", "y"]),
    "ISO text": pd.Series(["2024-01-02", "2024-01-03"]),
    "object text": pd.Series(["x", "y"], dtype=object),
    "object ints": pd.Series([5, 6], dtype=object),
    "object floats": pd.Series([1.5, 2.5], dtype=object),
    "object bools": pd.Series([True, False], dtype=object),
    "object mixed": pd.Series([1, "x"], dtype=object),
    "bytes": pd.Series([b"x", b"y"]),
    "dates": pd.Series([datetime.date(2024, 1, 2)]),
    "decimals": pd.Series([decimal.Decimal("1.5")]),
    "naive times": pd.Series(pd.to_datetime(["2024-01-02"])),
    "times with zone": pd.Series(pd.to_datetime(["2024-01-02"]).tz_localize("UTC")),
    "category": pd.Series(["a", "b"], dtype="category"),
    "timedelta": pd.Series(pd.to_timedelta(["1s"])),
    "complex": pd.Series([1 + 2j]),
}
FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


def column(dtype, name=None, required=True):
    form = {"type": dtype} if isinstance(dtype, str) else dtype
    return {**form, **({"name": name} if name else {}), "required": required}


def tensor(dtype, shape, name=None):
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}, **({"name": name} if name else {})}


def array(items):
    return {"type": "array", "items": items if isinstance(items, dict) else {"type": items}}


def mapping(values):
    return {"type": "map", "values": {"type": values}}


OBJECT = {
    "type": "object",
    "properties": {"k": {"type": "double", "required": True}, "o": {"type": "string", "required": False}},
}
AB = [column("double", "a"), column("double", "b")]
OPTIONAL = [column("double", "a"), column("double", "b", False)]
UNNAMED = [column("double"), column("double")]
DATA = {
    # what becomes a frame
    "frame": (AB, FRAME), "order": (AB, FRAME[["b", "a"]]), "extra": (AB, FRAME.assign(c=1)), "missing": (AB, FRAME[["a"]]),
    "optional left out": (OPTIONAL, FRAME[["a"]]), "dict of scalars": (AB, {"a": 1.0, "b": 2.0}),
    "dict of lists": (AB, {"a": [1.0, 2.0], "b": [3.0, 4.0]}), "dict of arrays": (AB, {"a": np.ones(2), "b": np.ones(2)}),
    "records": (AB, [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}]), "array for names": (AB, np.ones((2, 2))),
    "array": (UNNAMED, np.ones((2, 2))), "wide array": (UNNAMED, np.ones((2, 3))), "narrow array": (UNNAMED, np.ones((2, 1))),
    "list": (UNNAMED, [[1.0, 2.0]]), "frame by position": (UNNAMED, FRAME), "no rows": (AB, FRAME[:0]),
    "scalar": ([column("double")], 1.5), "text": ([column("string")], "x"), "texts": ([column("string")], ["x", "y"]),
    "series": ([column("double")], pd.Series([1.5])), "named series": ([column("double", "a")], pd.Series([1.5], name="a")),
    "int for long": ([column("long")], 3), "bool": ([column("boolean")], True), "none": (AB, None), "object": (AB, object()),
    "text for names": (AB, "x"),
    "missing in required": ([column("string", "a")], pd.DataFrame({"a": ["x", None]})),
    "any": ([column("any", "a")], pd.DataFrame({"a": [1, 2]})),
    # nested
    "list of array": ([column(array("double"), "x")], {"x": [1.0, 2.0]}),
    "rows of arrays": ([column(array("double"), "x")], pd.DataFrame({"x": [[1.0], [2.0, 3.0]]})),
    "numpy in array": ([column(array("double"), "x")], pd.DataFrame({"x": [np.array([1.0, 2.0])]})),
    "wrong in array": ([column(array("double"), "x")], pd.DataFrame({"x": [["a"]]})),
    "no array": ([column(array("double"), "x")], pd.DataFrame({"x": [1.0]})),
    "array of array": ([column(array(array("long")), "x")], pd.DataFrame({"x": [[[1, 2], [3]]]})),
    "object column": ([column(OBJECT, "x")], pd.DataFrame({"x": [{"k": 1.5}, {"k": 2.5, "o": "t"}]})),
    "object dict": ([column(OBJECT, "x")], {"x": {"k": 1.5}}), "undeclared key": ([column(OBJECT, "x")], {"x": {"k": 1.5, "z": 1}}),
    "missing key": ([column(OBJECT, "x")], {"x": {"o": "t"}}), "wrong key": ([column(OBJECT, "x")], {"x": {"k": "t"}}),
    "map": ([column(mapping("long"), "x")], pd.DataFrame({"x": [{"a": 1, "b": 2}]})),
    "wrong in map": ([column(mapping("long"), "x")], pd.DataFrame({"x": [{"a": "b"}]})),
    "map of ints": ([column(mapping("long"), "x")], pd.DataFrame({"x": [{1: 2}]})),
    # tensors
    "tensor": ([tensor("float64", [-1, 2])], np.ones((3, 2))), "rank": ([tensor("float64", [-1, 2])], np.ones(2)),
    "size": ([tensor("float64", [-1, 2])], np.ones((3, 3))), "float32": ([tensor("float64", [-1, 2])], np.ones((3, 2), "float32")),
    "ints": ([tensor("float64", [-1, 2])], np.ones((3, 2), int)), "nested list": ([tensor("float64", [-1, 2])], [[1.0, 2.0]]),
    "fixed": ([tensor("float64", [1, 2])], np.ones((3, 2))), "texts in tensor": ([tensor("str", [-1])], np.array(["ab", "c"])),
    "frame as tensor": ([tensor("float64", [-1, 2])], FRAME), "frame of another width": ([tensor("float64", [-1, 3])], FRAME),
    "frame of ints": ([tensor("float64", [-1, 2])], FRAME.astype(int)),
    "one column": ([tensor("float64", [-1])], pd.DataFrame({"a": [1, 2]})),
    "one column, two dims": ([tensor("float64", [-1, 1])], pd.DataFrame({"a": [1, 2]})),
    "cells": ([tensor("float32", [-1, 2])], pd.DataFrame({"a": [[1.0, 2.0], [3.0, 4.0]]})),
    "cells reshaped": ([tensor("float32", [-1, 2, 2])], pd.DataFrame({"a": [[1.0, 2.0, 3.0, 4.0]]})),
    "csr": ([tensor("float64", [-1, 2])], scipy.sparse.csr_matrix(np.eye(2))),
    "csc": ([tensor("float64", [-1, 2])], scipy.sparse.csc_matrix(np.eye(2))),
    "csr of another size": ([tensor("float64", [-1, 3])], scipy.sparse.csr_matrix(np.eye(2))),
    "named tensors": ([tensor("float64", [-1], "a"), tensor("int64", [-1, 1], "b")], {"a": np.ones(2), "b": np.ones((2, 1), int)}),
    "one named tensor, bare": ([tensor("float64", [-1], "a")], np.ones(2)),
    "named, missing": ([tensor("float64", [-1], "a"), tensor("float64", [-1], "b")], {"a": np.ones(2)}),
    "named, frame": ([tensor("float32", [-1], "a"), tensor("float32", [-1], "b")], FRAME),
    "named, lists": ([tensor("float64", [-1], "a"), tensor("float64", [-1], "b")], {"a": [1.0], "b": [2.0]}),
    "named, scalar": ([tensor("float64", [-1], "a"), tensor("float64", [-1], "b")], 1.0),
}  # fmt: skip
PARAMS = [
    {"name": "l", "type": "long", "default": 1, "shape": None}, {"name": "f", "type": "float", "default": 1.5, "shape": None},
    {"name": "d", "type": "double", "default": 1.5, "shape": None}, {"name": "s", "type": "string", "default": "x", "shape": None},
    {"name": "b", "type": "boolean", "default": True, "shape": None}, {"name": "i", "type": "integer", "default": 1, "shape": None},
    {"name": "t", "type": "datetime", "default": "2024-01-02T00:00:00", "shape": None},
    {"name": "a", "type": "double", "default": [1.0], "shape": [-1]},
]  # fmt: skip
GIVEN = [
    None, {}, {"l": 3}, {"l": np.int32(3)}, {"l": np.int64(3)}, {"l": 1.0}, {"l": "1"}, {"l": True}, {"f": 2}, {"f": np.float32(2)},
    {"d": 2}, {"d": np.float32(2)}, {"d": "2"}, {"s": 1}, {"s": "y"}, {"b": 1}, {"b": False}, {"i": 3}, {"t": "2024-05-06"},
    {"t": "never"}, {"a": [2.0, 3.0]}, {"a": 2.0}, {"a": ["x"]}, {"a": np.array([2.0])}, {"unknown": 1}, {"a": [1, 2]},
]  # fmt: skip
INFERRED = {
    **COLUMNS,
    "frame": FRAME.assign(c=["x", None]), "named series": pd.Series([1.5], name="n"), "nulls": pd.Series([None, None]),
    "lists": pd.Series([[1.0], [2.0, 3.0]]), "array of arrays": pd.Series([[[1]], [[2], [3]]]), "dicts": pd.Series([{"a": 1, "b": "x"}, {"a": 2}]),
    "tensor": np.zeros((2, 3), "float32"), "vector": np.zeros(2), "scalar array": np.array(1.0), "texts": np.array(["ab"]),
    "bytes array": np.array([b"ab"]), "csr": scipy.sparse.csr_matrix(np.eye(2)), "named tensors": {"x": np.zeros((2, 3)), "y": np.zeros(2, int)},
    "dict": {"x": 1.5, "y": ["a"], "z": {"k": 1}}, "empty dict": {}, "dict with none": {"x": None},
    "records": [{"x": 1.5}, {"x": 2.5, "y": "a"}, {"x": None}], "list of texts": ["a", "b"], "list of lists": [[1, 2], [3]],
    "empty list": [], "text": "a", "int": 1, "float": 1.5, "bool list": [True], "mixed list": [1, "a"], "object": object(), "bytes value": b"x",
    "time": datetime.datetime(2024, 1, 2), "none": [None], "range columns": pd.DataFrame([[1.0, 2.0]]),
}  # fmt: skip
INFERRED_PARAMS = [
    {"a": 1, "b": 1.5, "c": "x", "d": True, "e": datetime.datetime(2024, 1, 2)}, {"a": [1, 2]}, {"a": np.int32(1)}, {"a": np.float32(1)},
    {"a": [[1]]}, {"a": []}, {"a": None}, {"a": ["x", "y"]}, {"a": np.array([1.5])},
]  # fmt: skip


def shown(value):
    if isinstance(value, pd.DataFrame):
        return {str(n): [str(value[n].dtype), [shown(v) for v in value[n]]] for n in value.columns}
    if scipy.sparse.issparse(value):
        return [value.format, str(value.dtype), value.toarray().tolist()]
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.tolist()]
    if isinstance(value, dict):
        return {str(k): shown(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shown(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float, str)):
        return "NaN" if value != value else value
    return repr(value)


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return f"refused: {error}" if "--why" in sys.argv else "refused"


def main(package):
    models, types = importlib.import_module(f"{package}.models"), importlib.import_module(f"{package}.types")
    schemas = importlib.import_module(f"{package}.types.schema")
    if package == "mlflow":
        from mlflow.models.utils import _enforce_params_schema as fit_params
        from mlflow.models.utils import _enforce_schema as fit_input
    else:
        from jupyter_mlops.models.enforcement import fit_input, fit_params

    def enforced(forms, data):
        return shown(fit_input(data, types.Schema.from_json(json.dumps(forms))))

    found = {}
    for name, values in COLUMNS.items():
        for dtype in TYPES:
            result = attempt(enforced, [column(dtype, "c")], values.to_frame("c"))
            found[f"column {name} as {dtype}"] = result if isinstance(result, str) else result["c"][0]
    for name, (forms, data) in DATA.items():
        found[f"data {name}"] = attempt(enforced, forms, data)
    params = schemas.ParamSchema.from_json(json.dumps(PARAMS))
    for given in GIVEN:
        found[f"params {given}"] = attempt(lambda given=given: shown(fit_params(given, params)))
    for name, data in INFERRED.items():
        found[f"inferred {name}"] = attempt(lambda data=data: models.infer_signature(data).inputs.to_dict())
    for data in INFERRED_PARAMS:
        found[f"inferred params {data}"] = attempt(
            lambda data=data: models.infer_signature(params=data).params.to_dict()
        )
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    print(json.dumps(main(sys.argv[1])))
