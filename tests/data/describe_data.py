"""What a package tells of data sets: run by MLflow's Python and by ours, on the same recipes.

Reads a JSON recipe a line and answers each with a line: the texts that would be stored.
"""

import datetime
import importlib
import json
import sys
import warnings

import numpy as np
import pandas as pd

VALUES = {
    "date": datetime.date.fromisoformat,
    "time": pd.Timestamp,
    "bytes": lambda text: text.encode(),
    "nan": lambda _: float("nan"),
}


def plain(value):
    """A value of a recipe: JSON's own, or ``{kind: text}``."""
    if isinstance(value, dict) and len(value) == 1 and (kind := next(iter(value))) in VALUES:
        return VALUES[kind](value[kind])
    return value


def frame(recipe):
    columns = [pd.Series([plain(v) for v in values], dtype=dtype) for _, dtype, values in recipe["columns"]]
    made = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(recipe.get("rows", 0)))
    made.columns = [name for name, _, _ in recipe["columns"]]
    if recipe.get("index"):
        made.index = recipe["index"][: len(made)]
    return pd.concat([made] * recipe["times"]) if recipe.get("times") else made


def array(recipe):
    made = np.array([plain(v) for v in recipe["values"]], dtype=recipe["dtype"])
    made = made.reshape(recipe["shape"])
    return np.asfortranarray(made) if recipe.get("fortran") else made


def arrays(recipe):
    if recipe is None:
        return None
    return {k: array(v) for k, v in recipe["of"].items()} if "of" in recipe else array(recipe)


def describe(data, recipe):
    """Texts of the data set of a recipe, or the error's code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if "columns" in recipe:
                made = data.from_pandas(frame(recipe), "a.csv", **recipe.get("options", {}))
            else:
                made = data.from_numpy(arrays(recipe["features"]), "a.npy", arrays(recipe.get("targets")), "n")
            return json.loads(made.to_json())
        except Exception as error:
            return getattr(error, "error_code", type(error).__name__)


if __name__ == "__main__":
    package = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(describe(package, json.loads(line))), flush=True)
