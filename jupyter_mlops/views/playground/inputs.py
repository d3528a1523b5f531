"""From what a form holds, or a dropped file has, to the data that a model takes; what does not fit is said field by field."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.models.conversions import convert_column
from jupyter_mlops.models.enforcement import fit_params
from jupyter_mlops.pyfunc.serving_inputs import read_serving_input
from jupyter_mlops.types.columns import ColSpec
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.params import ParamSchema
from jupyter_mlops.types.schema import Schema
from jupyter_mlops.views.playground.files import MOST_BYTES
from jupyter_mlops.views.playground.forms import FREE, Field, Form

__all__ = ["MOST_ROWS", "read_csv", "read_form", "read_params", "rows_of", "to_model"]

MOST_ROWS = 100_000
_MOST_COLUMNS = 10_000  # pandas takes minutes for some 100,000 of them
_NUMBERS = (DataType.integer, DataType.long, DataType.float, DataType.double)
_SPECIAL = {"": math.nan, "nan": math.nan, "infinity": math.inf, "-infinity": -math.inf}
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def read_form(
    form: Form, schema: Schema | None, values: Mapping[str, Any], files: Mapping[str, Any]
) -> tuple[Any, dict[str, str]]:
    """One row of input, and what is wrong with it by field.

    Parameters
    ----------
    form : Form
    schema : Schema or None
        Of the model.
    values : dict
        What the form holds, by field.
    files : dict
        Arrays and bytes of its files, by field.

    Returns
    -------
    DataFrame, array, dict of arrays or what JSON says; None if something is wrong.
    dict of str to str
        Messages, by field.
    """
    if form.kind == "free":
        try:
            return _read_free(str(values.get(FREE) or "")), {}
        except MlflowException as error:
            return None, {FREE: error.message}
    if form.kind == "tensors":
        wrong = {field.name: "Give a file." for field in form.fields if field.name not in files}
        return (None, wrong) if wrong else (_arrays(form, files), {})
    import pandas as pd  # only when data is looked at

    columns: dict[Any, Any] = {}
    wrong = {}
    for field, (name, spec) in zip(form.fields, _specs(form, schema).items(), strict=True):
        given = files.get(field.name) if field.kind == "file" else values.get(field.name)
        try:
            if (read := _read_cell(field, spec.type, given)) is not None:
                columns[name] = convert_column(read, spec.type, field.name, spec.required)
        except Exception as error:  # whatever pandas makes of what somebody typed
            wrong[field.name] = _plainly(error)
    return (None, wrong) if wrong else (pd.DataFrame(columns), {})


def _specs(form: Form, schema: Schema | None) -> dict[Any, Any]:
    assert schema is not None
    if form.kind == "columns":
        return schema.input_dict()
    return {index: ColSpec(field.type) for index, field in enumerate(form.fields)}


def _plainly(error: Exception) -> str:
    text = error.message if isinstance(error, MlflowException) else str(error)
    return text[:500]


def _read_cell(field: Field, dtype: Any, given: Any) -> Any:
    """A Series of one value; None when an optional field is empty."""
    import pandas as pd  # only when data is looked at

    is_empty = given is None or (given == "" and (field.kind != "text" or not field.required))
    if is_empty and field.required:
        raise InvalidParameter("A value is needed.")
    if is_empty:
        return None
    if field.kind == "json" and isinstance(given, str):
        given = _parsed(given)
    if field.kind in ("json", "file") or not isinstance(dtype, DataType):
        return pd.Series([given], dtype=object)
    return _typed(pd.Series([given], dtype=object), dtype)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidParameter(f"This is no JSON: {error}") from None


def _typed(values: Any, dtype: DataType) -> Any:
    """Texts, or what JSON has, as a column of a type; as they are if that would lose something: the schema says what then."""
    import pandas as pd  # only when data is looked at

    if dtype is DataType.boolean:
        truths = values.map(lambda value: _TRUTHS.get(str(value).strip().lower(), value))
        if len(bad := truths[truths.notna() & ~truths.isin([True, False])]):
            raise InvalidParameter(f"{str(bad.iloc[0])[:60]!r} is neither true nor false.")
        return truths.infer_objects()
    if dtype is DataType.string:
        texts = values.map(lambda value: value if isinstance(value, str) or pd.isna(value) else str(value))
        return texts.astype(object).where(texts.notna(), None)
    if dtype is DataType.datetime:
        return _times(values)
    if dtype not in _NUMBERS:
        return values
    known = values.map(lambda value: _SPECIAL.get(value.strip().lower(), value) if isinstance(value, str) else value)
    numbers = pd.to_numeric(known, errors="coerce")
    if len(bad := values[numbers.isna() & known.notna()]):
        hint = " Decimals need a point." if "," in str(bad.iloc[0]) else ""
        raise InvalidParameter(f"{str(bad.iloc[0])[:60]!r} is no number.{hint}")
    if dtype in (DataType.float, DataType.double):
        return numbers.astype(dtype.to_numpy())
    if len(broken := numbers[(numbers % 1 != 0) & numbers.notna()]):
        raise InvalidParameter(f"{broken.iloc[0]} is no whole number.")
    if numbers.dtype.kind in "fu" and len(beyond := numbers[numbers.abs() >= 2**63]):
        raise InvalidParameter(f"{beyond.iloc[0]} is more than a whole number of 64 bits holds.")
    whole = numbers if numbers.isna().any() else numbers.astype("int64")
    fits = whole.dtype == "int64" and whole.between(-(2**31), 2**31 - 1).all()
    return whole.astype("int32") if dtype is DataType.integer and fits else whole


def _times(values: Any) -> Any:
    import pandas as pd  # only when data is looked at

    try:
        return pd.to_datetime(values.astype("str"), format="ISO8601")
    except (ValueError, OverflowError) as error:
        said = str(error).partition(" You might")[0].partition(" Pass utc")[0]
        raise InvalidParameter(f"Write times as 2026-01-31 or 2026-01-31T12:30:00. {said}"[:300]) from None


def _read_free(text: str) -> Any:
    """JSON as a scoring server takes it, any other JSON, or CSV."""
    if not text.strip():
        raise InvalidParameter("Write JSON or CSV.")
    if text.lstrip()[0] in "[{":
        read = _parsed(text)
        is_request = isinstance(read, dict) and set(read) & {
            "dataframe_split",
            "dataframe_records",
            "instances",
            "inputs",
        }
        return read_serving_input(read, None)[0] if is_request else read
    return _csv(text)


def read_params(form: Form, schema: ParamSchema | None, values: Mapping[str, Any]) -> tuple[Any, dict[str, str]]:
    """Params as the signature declares them, and what is wrong by name; nothing when the model takes none."""
    if schema is None:
        return None, {}
    given, wrong = {}, {}
    for field, spec in zip(form.params, schema.params, strict=True):
        value = values.get(field.name)
        if value is None or (value == "" and field.kind != "text"):
            continue
        try:
            value = _parsed(value) if field.kind == "json" and isinstance(value, str) else value
            value = value if field.kind == "json" else _param(value, spec.dtype)
            given[field.name] = fit_params({field.name: value}, ParamSchema([spec]))[field.name]
        except Exception as error:  # whatever becomes of what somebody typed
            wrong[field.name] = _plainly(error).removeprefix("Invalid params: ")
    return (None, wrong) if wrong else (fit_params(given, schema), {})


def _param(value: Any, dtype: Any) -> Any:
    import pandas as pd  # only when data is looked at

    if not isinstance(dtype, DataType) or dtype is DataType.datetime:
        return value
    return _typed(pd.Series([value], dtype=object), dtype).tolist()[0]


def read_csv(text: str, schema: Schema | None, form: Form) -> tuple[Any, list[str]]:
    """Rows of a CSV text with the types of a signature, and the columns that no model asked for.

    Raises
    ------
    InvalidParameter
        It is none, has other columns or values than the model takes, no row, or more than 100,000.
    """
    frame = _csv(text)
    if schema is None:
        return frame, []
    specs = _specs(form, schema)
    names = [field.name for field in form.fields]
    if form.kind == "matrix" or not schema.has_input_names():
        if frame.shape[1] != len(names):
            raise InvalidParameter(f"The model takes {len(names)} columns; the file has {frame.shape[1]}.")
        frame = frame.set_axis(names, axis=1)
    extra = [str(name) for name in frame.columns if name not in names]
    missing = [f.name for f in form.fields if f.required and f.name not in frame.columns]
    if missing:
        has = f" It has others: {_some(extra)}." if extra else ""
        raise InvalidParameter(f"The file lacks columns that the model takes: {_some(missing)}.{has}")
    for name, spec in zip(names, specs.values(), strict=True):
        if name in frame.columns:
            frame[name] = _read_column(frame[name], spec, name)
    return frame, extra


def _read_column(values: Any, spec: Any, name: str) -> Any:
    if not isinstance(spec.type, DataType):
        values = values.map(lambda text: _parsed(text) if isinstance(text, str) else text)
    try:
        return convert_column(_typed(values, spec.type) if isinstance(spec.type, DataType) else values, spec.type, name)
    except Exception as error:  # whatever pandas makes of a stranger's file
        text = _plainly(error)
        raise InvalidParameter(text if repr(name) in text else f"Column {name!r}: {text}") from None


def _some(names: list[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def _csv(text: str) -> Any:
    import pandas as pd  # only for CSV

    if len(text) > MOST_BYTES:
        raise InvalidParameter(f"The file has more than {MOST_BYTES // 1_000_000} MB: use w.predict(frame).")
    try:
        head = text.lstrip().partition("\n")[0]
        between = max(",;\t|", key=head.count)  # a comma when there is none of them
        _check_width(text, between)
        frame = pd.read_csv(io.StringIO(text), dtype=str, nrows=MOST_ROWS + 1, sep=between)
    except InvalidParameter:
        raise
    except Exception as error:  # whatever pandas makes of a stranger's file
        raise InvalidParameter(f"This is no CSV: {str(error)[:200]}") from None
    if not 0 < len(frame) <= MOST_ROWS:
        raise InvalidParameter(
            f"The file has more than {MOST_ROWS} rows: use w.predict(frame)."
            if len(frame)
            else "The file has no rows: names come in the first line, rows below it."
        )
    frame = frame.rename(columns=lambda name: str(name).strip())
    if twice := list(frame.columns[frame.columns.duplicated()]):
        raise InvalidParameter(f"The file has several columns of one name: {_some(twice)}.")
    return frame


def _check_width(text: str, between: str) -> None:
    """Refuse rows that are longer than the names: pandas takes their first values for labels, and moves the others."""
    lines = filter(None, csv.reader(io.StringIO(text), delimiter=between))
    names, row = next(lines, []), next(lines, [])
    if len(row) > len(names):
        raise InvalidParameter(f"The first row has {len(row)} values for {len(names)} names: name every column.")
    if len(names) > _MOST_COLUMNS:
        raise InvalidParameter(f"The file has more than {_MOST_COLUMNS} columns: use w.predict(frame).")


def _arrays(form: Form, files: Mapping[str, Any]) -> Any:
    import numpy as np  # only when data is looked at

    return {field.name: np.asarray(files[field.name]) for field in form.fields}


def rows_of(data: Any) -> int:
    """How many rows of input these are.

    Examples
    --------
    >>> rows_of([1, 2]), rows_of({"x": 1})
    (2, 1)
    """
    if isinstance(data, Mapping):
        sizes = {len(value) for value in data.values() if hasattr(value, "__len__") and not isinstance(value, str)}
        return sizes.pop() if len(sizes) == 1 else 1
    return len(data) if hasattr(data, "__len__") and not isinstance(data, (str, bytes)) else 1


def to_model(form: Form, schema: Schema | None, data: Any) -> Any:
    """A frame, or arrays by name, in the form that the model takes."""
    if form.kind == "matrix":
        assert schema is not None
        spec = schema.inputs[0]
        array = data.to_numpy() if hasattr(data, "to_numpy") else data
        array = array.astype(spec.type if spec.type.kind != "U" else str)
        array = array.reshape(-1) if len(spec.shape) == 1 else array
        return array if spec.name is None else {spec.name: array}
    if form.kind == "tensors":
        assert schema is not None
        return data if schema.has_input_names() else next(iter(data.values()))
    return data
