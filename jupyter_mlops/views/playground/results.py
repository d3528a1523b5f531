"""What models answer, made rows: predictions, probabilities, and where two models differ."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.models.enforcement import fit_input
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel
from jupyter_mlops.views.playground.forms import json_cell

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["Answer", "ask", "card_of", "differences", "input_frame", "ranking", "result_frame", "words_of"]

_MOST_BARS, _LONGEST = 30, 2000


class Answer(NamedTuple):
    """What one model says to some rows.

    Attributes
    ----------
    outputs : DataFrame or None
        One row for each row of input; None if there is a problem.
    chances : DataFrame or None
        Probabilities, a column for each class.
    ms : float, milliseconds
        That the prediction took.
    problem : str or None
    """

    outputs: pd.DataFrame | None
    chances: pd.DataFrame | None = None
    ms: float = 0.0
    problem: str | None = None


def ask(model: PyFuncModel, data: Any, params: dict[str, Any] | None, count: int) -> Answer:
    """Let a model predict, whatever it does.

    Parameters
    ----------
    model : PyFuncModel
    data : Any
        As the model takes it.
    params : dict or None
    count : int
        Rows of the data.
    """
    start = time.perf_counter()
    try:
        raw = model.predict(data, params)
        ms = (time.perf_counter() - start) * 1000
        outputs = _rows(raw, count)
        return Answer(outputs, _chances(model, data, outputs, count), ms)
    except MlflowException as error:
        return Answer(None, problem=error.message[:_LONGEST])
    except (Exception, SystemExit) as error:  # models are the user's
        return Answer(None, problem=words_of(error))


def words_of(error: BaseException) -> str:
    """What a model raised, in words.

    Examples
    --------
    >>> words_of(ValueError("no"))
    'The model raised ValueError: no'
    """
    return f"The model raised {type(error).__name__}: {_text(error)}"[:_LONGEST]


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # a class of the model
        return "(it cannot be written as text)"


def _rows(raw: Any, count: int) -> pd.DataFrame:
    """Outputs as a frame of so many rows.

    Raises
    ------
    InvalidParameter
        The model returned another number of rows.
    """
    import numpy as np  # only when a model predicts
    import pandas as pd

    if hasattr(raw, "toarray"):
        raw = raw.toarray()
    if hasattr(raw, "detach"):
        raw = raw.detach().cpu().numpy()
    if isinstance(raw, pd.DataFrame):
        made = raw.reset_index(drop=True).rename(columns=str)
    elif isinstance(raw, Mapping):
        made = pd.DataFrame({str(k): _column(v, count) for k, v in raw.items()})
    elif isinstance(raw, np.ndarray) and raw.ndim == 2 and raw.shape[0] == count:
        names = ["prediction"] if raw.shape[1] == 1 else [f"output {i}" for i in range(raw.shape[1])]
        made = pd.DataFrame(raw, columns=names)
    elif isinstance(raw, (list, tuple)) and raw and all(isinstance(row, Mapping) for row in raw):
        made = pd.DataFrame(list(raw)).rename(columns=str)
    else:
        made = pd.DataFrame({"prediction": _column(raw, count)})
    if len(made) != count or made.shape[1] == 0:
        raise _odd(raw, count)
    while (twice := made.columns.duplicated()).any():
        made.columns = [name + "_" * int(again) for name, again in zip(made.columns, twice, strict=True)]
    return made.rename(columns={made.columns[0]: "prediction"}) if made.shape[1] == 1 else made


def _column(raw: Any, count: int) -> Any:
    import pandas as pd  # only when a model predicts

    is_list = hasattr(raw, "__len__") and not isinstance(raw, (str, bytes, Mapping)) and getattr(raw, "ndim", 1) > 0
    if is_list and len(raw) != count:
        raise _odd(raw, count)
    if is_list:
        dtype = object if getattr(raw, "ndim", 1) > 1 else None
        return pd.Series(list(raw) if dtype else raw, dtype=dtype).reset_index(drop=True)
    if count == 1 and raw is not None:
        return pd.Series([raw], dtype=object).infer_objects()
    raise _odd(raw, count)


def _odd(raw: Any, count: int) -> InvalidParameter:
    shape = getattr(raw, "shape", None)
    size = (
        f" of shape {tuple(shape)}"
        if shape is not None
        else f" of length {len(raw)}"
        if hasattr(raw, "__len__")
        else ""
    )
    rows = "1 row" if count == 1 else f"{count} rows"
    return InvalidParameter(
        f"The model returned {type(raw).__name__}{size} for {rows}, where one row of output for each row of input was "
        f"expected: {_text(raw)[:200]}"
    )


def _chances(model: PyFuncModel, data: Any, outputs: pd.DataFrame, count: int) -> pd.DataFrame | None:
    """Probabilities: of the native model, or the outputs themselves when they are some."""
    import pandas as pd  # only when a model predicts

    native = _native(model)
    name = model.metadata.flavors.get(FLAVOR_NAME, {}).get("predict_fn", "predict")
    classes = [str(json_cell(one)) for one in getattr(native, "classes_", [])]
    if name == "predict" and callable(getattr(native, "predict_proba", None)):
        try:
            found = native.predict_proba(fit_input(data, model.metadata.get_input_schema()))
            made = pd.DataFrame(found)
        except Exception:  # the prediction stands without them, e.g. for several outputs at once
            return None
        return made.set_axis(classes, axis=1) if made.shape == (count, len(classes)) else None
    if outputs.shape[1] < 2 or not all(dtype.kind == "f" for dtype in outputs.dtypes):
        return None
    if not ((outputs >= 0) & (outputs <= 1)).all(axis=None):
        return None
    return outputs.set_axis(classes, axis=1) if len(classes) == outputs.shape[1] else outputs


def _native(model: PyFuncModel) -> Any:
    try:
        return model.get_raw_model()
    except Exception:  # a flavor without one
        return None


def card_of(answer: Answer, row: int = 0) -> dict[str, Any]:
    """One row of an answer as the page shows it: outputs, bars, time; all JSON."""
    if answer.outputs is None:
        return {"outputs": [], "bars": [], "ms": None, "problem": answer.problem}
    outputs = [] if answer.outputs is answer.chances else _named(answer.outputs, row)
    bars = [] if answer.chances is None else _named(answer.chances, row)
    if len(bars) > _MOST_BARS:
        bars = sorted(bars, key=lambda bar: -float(bar["value"]))[:_MOST_BARS]
    return {"outputs": outputs[:100], "bars": bars, "ms": answer.ms, "problem": None}


def _named(frame: pd.DataFrame, row: int) -> list[dict[str, Any]]:
    return [{"name": str(name), "value": short(frame[name].iloc[row])} for name in frame.columns]


def short(value: Any) -> Any:
    """A cell as JSON, and not too long."""
    try:
        made = json_cell(value)
    except Exception:  # no form that JSON has
        made = _text(value)
    if made is None and value is not None:
        made = "NaN" if isinstance(value, float) or hasattr(value, "dtype") else None
    return made if not isinstance(made, str) or len(made) <= _LONGEST else made[:_LONGEST] + "…"


def differences(answers: Sequence[Answer]) -> tuple[np.ndarray, np.ndarray] | None:
    """In which rows two answers differ, and by how much if they are numbers; None without two answers."""
    import numpy as np  # only when models are compared

    if len(answers) < 2 or answers[0].outputs is None or answers[1].outputs is None:
        return None
    one, other = answers[0].outputs, answers[1].outputs
    shared = [name for name in one.columns if name in other.columns]
    pairs = [(one[n], other[n]) for n in shared] or [(one.iloc[:, 0], other.iloc[:, 0])]
    differs, by = np.zeros(len(one), bool), np.zeros(len(one))
    for left, right in pairs:
        if left.dtype.kind in "iuf" and right.dtype.kind in "iuf":
            a, b = left.to_numpy("float64"), right.to_numpy("float64")
            differs |= ~np.isclose(a, b, rtol=1e-6, atol=1e-12, equal_nan=True)
            by = np.fmax(by, np.abs(a - b)) if left.dtype.kind == "f" else by
        else:
            differs |= np.array([_text(a) != _text(b) for a, b in zip(left, right, strict=True)], bool)
    return differs, by


def ranking(found: tuple[np.ndarray, np.ndarray] | None, count: int) -> Sequence[int]:
    """Rows that differ first, those by the most before."""
    if found is None:
        return range(count)
    differs, by = found
    return sorted(range(count), key=lambda row: (not differs[row], -by[row], row))


def input_frame(data: Any, count: int) -> pd.DataFrame:
    """Inputs as a frame, for reading beside the results."""
    import pandas as pd  # only when a model predicts

    if isinstance(data, pd.DataFrame):
        return data.reset_index(drop=True).rename(columns=str)
    if getattr(data, "ndim", 0) == 2 and data.shape[1] <= 100:
        return pd.DataFrame(data).rename(columns=str)
    if isinstance(data, Mapping):
        data = (
            [{name: value[row] for name, value in data.items()} for row in range(count)] if count > 1 else [dict(data)]
        )
    if isinstance(data, list) and data and all(isinstance(row, Mapping) for row in data):
        return pd.DataFrame(data).rename(columns=str)
    is_many = hasattr(data, "__len__") and not isinstance(data, (str, bytes)) and len(data) == count
    return pd.DataFrame({"input": pd.Series(list(data) if is_many else [data], dtype=object)})


def result_frame(inputs: pd.DataFrame, answers: Sequence[Answer]) -> pd.DataFrame:
    """Inputs with what the models say beside them.

    Returns
    -------
    DataFrame
        The inputs, ``prediction`` (or the names of several outputs), ``probability_<class>``; the same of the other model
        after ``challenger_``, and ``differs``.
    """
    import pandas as pd  # only when a model predicts

    taken, made = set(inputs.columns), {}

    def put(name: str, values: Any) -> None:
        while name in taken:
            name += "_"
        taken.add(name)
        made[name] = values.to_numpy() if hasattr(values, "to_numpy") else values

    for prefix, answer in zip(("", "challenger_"), answers, strict=False):
        if answer.outputs is None:
            continue
        for name in answer.outputs.columns:
            put(prefix + str(name), answer.outputs[name])
        if answer.chances is not None and answer.chances is not answer.outputs:
            for name in answer.chances.columns:
                put(f"{prefix}probability_{name}", answer.chances[name])
    if (found := differences(answers)) is not None:
        put("differs", found[0])
    return pd.concat([inputs, pd.DataFrame(made, index=inputs.index)], axis=1)
