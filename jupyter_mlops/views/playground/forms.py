"""The form of a model's input: fields made from its signature, with ranges and choices seen in rows of example."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.examples import convert_input_example_to_serving_input, plain
from jupyter_mlops.models.models import Model
from jupyter_mlops.types.columns import ColSpec, TensorSpec
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.params import ParamSchema, ParamSpec
from jupyter_mlops.types.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FREE", "MOST_TEXT", "Field", "Form", "json_cell", "make_form", "sample_frame"]

FREE = "input"  # the one field of a model that does not say what it takes
MOST_TEXT = 200_000  # characters of one field
_MOST_CHOICES, _LONGEST_CHOICE, _MOST_ROWS = 20, 60, 10_000
_MOST_WIDE = 100_000  # columns of an example
_MOST_IN_MATRIX = 32  # numbers of a vector that are typed in; longer ones are files
_MOST_EXACT = 2**53  # a browser's numbers are floats
_KINDS = {
    DataType.boolean: "boolean", DataType.integer: "integer", DataType.long: "integer", DataType.float: "number",
    DataType.double: "number", DataType.string: "text", DataType.binary: "file", DataType.datetime: "datetime",
}  # fmt: skip
_KINDS_OF_DTYPES = {"b": "boolean", "i": "integer", "u": "integer", "f": "number", "U": "text", "O": "text"}
_BLANKS: dict[str, Any] = {"number": 0, "integer": 0, "boolean": False, "text": "", "json": ""}


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input of a form.

    Attributes
    ----------
    name : str
        Key of its value.
    kind : str
        ``number, integer, choice, boolean, text, datetime, json, file`` or ``free``.
    type : str
        As the signature says it.
    least, most, step : float or None
        Range of the example's values; None when there is none.
    options : list of str
        All values of a choice; suggestions for a text.
    shape : list of int or None
        Of an array that is given as a file.
    """

    name: str
    label: str
    kind: str
    type: str
    required: bool = True
    least: float | None = None
    most: float | None = None
    step: float | None = None
    options: list[str] = []
    shape: list[int] | None = None


class Form(msgspec.Struct, frozen=True):
    """What a model takes, as fields.

    Attributes
    ----------
    kind : str
        ``columns`` of a data frame, ``matrix`` (an array of one row whose numbers are fields), ``tensors`` (a file each),
        or ``free`` (JSON or CSV, for the model does not say what it takes).
    values, params_values : dict
        To start with: the first row of the example, else blanks.
    filled : bool
        Whether they are an example.
    notes : list of str
        What the reader must know of the form.
    """

    kind: str
    fields: list[Field]
    params: list[Field]
    values: dict[str, Any]
    params_values: dict[str, Any]
    filled: bool = False
    notes: list[str] = []


def make_form(model: Model, example: Any = None, rows: pd.DataFrame | None = None) -> Form:
    """The form of a model.

    Parameters
    ----------
    model : Model
        What ``MLmodel`` says; nothing else of the model is looked at.
    example : Any, optional
        Its input example.
    rows : DataFrame, optional
        Rows at hand, in place of the example.

    Examples
    --------
    >>> from jupyter_mlops.models.signatures import ModelSignature
    >>> model = Model(signature=ModelSignature(Schema([ColSpec("double", "x"), ColSpec("string", "kind")])))
    >>> form = make_form(model, {"x": [1.5, 4.0], "kind": ["a", "a"]})
    >>> form.kind, form.values, form.fields[0].least, form.fields[0].most
    ('columns', {'x': 1.5, 'kind': 'a'}, 1.5, 4.0)
    """
    params, params_values = _params(model.get_params_schema())
    schema = model.get_input_schema()
    if schema is None:
        return _free(example if rows is None else rows.head(1), params, params_values)
    notes: list[str] = []
    kind = "tensors" if schema.is_tensor_spec() else "columns"
    if kind == "tensors" and (spec := _vector(schema)) is not None:
        kind, schema = "matrix", _columns_of(spec)
    if kind == "tensors":
        fields = [_tensor_field(name, spec) for name, spec in schema.input_dict().items()]
        return Form(kind, fields, params, dict.fromkeys(f.name for f in fields), params_values)
    try:
        sample = sample_frame(example if rows is None else rows, schema)
        fields, values = _filled(schema, sample, kind)
    except Exception as error:  # an example is a file of anybody
        sample, notes = None, [f"The input example cannot be used: {error}"[:300]]
        fields, values = _filled(schema, None, kind)
    if long := [name for name, value in values.items() if isinstance(value, str) and len(value) > MOST_TEXT]:
        values |= dict.fromkeys(long, "")
        notes.append(
            f"Too long in the input example for this form: {', '.join(long[:10])}. Set w.values, or w.predict(frame)."
        )
    return Form(kind, fields, params, values, params_values, sample is not None, notes)


def _filled(schema: Schema, sample: pd.DataFrame | None, kind: str) -> tuple[list[Field], dict[str, Any]]:
    fields = [_field(name, spec, sample, kind) for name, spec in schema.input_dict().items()]
    return fields, {field.name: _start(field, sample) for field in fields}


def sample_frame(rows: Any, schema: Schema) -> pd.DataFrame | None:
    """Rows of example with text for names, at most 10,000; None when there are none."""
    if rows is None:
        return None
    import pandas as pd  # only when data is looked at

    if hasattr(rows, "toarray"):
        if rows.shape[1] > _MOST_WIDE or math.prod(rows.shape) > _MOST_WIDE * 100:
            raise InvalidParameter(f"It is a matrix of {rows.shape}.")
        rows = rows.toarray()
    if isinstance(rows, Mapping) and not all(isinstance(value, list) for value in rows.values()):
        rows = [dict(rows)]
    one_column = isinstance(rows, list) and len(schema.inputs) == 1 and not schema.has_input_names()
    frame = pd.DataFrame({0: rows}) if one_column else pd.DataFrame(rows)
    if not schema.has_input_names():
        frame = frame.iloc[:, : len(schema.inputs)].set_axis(range(min(len(schema.inputs), frame.shape[1])), axis=1)
    return frame.head(_MOST_ROWS).rename(columns=str) if len(frame) else None


def _vector(schema: Schema) -> TensorSpec | None:
    """The one array of a schema, if its row is a few numbers."""
    spec: TensorSpec = schema.inputs[0]
    is_row = len(spec.shape) == 1 or (len(spec.shape) == 2 and 1 <= spec.shape[1] <= _MOST_IN_MATRIX)
    return spec if len(schema.inputs) == 1 and is_row and spec.type.kind in _KINDS_OF_DTYPES else None


def _columns_of(spec: TensorSpec) -> Schema:
    dtype = {"number": "double", "integer": "long", "boolean": "boolean", "text": "string"}[
        _KINDS_OF_DTYPES[spec.type.kind]
    ]
    return Schema([ColSpec(dtype) for _ in range(1 if len(spec.shape) == 1 else spec.shape[1])])


def _field(name: Any, spec: ColSpec, sample: pd.DataFrame | None, kind: str) -> Field:
    label = str(name) if spec.name is not None else f"[{name}]" if kind == "matrix" else f"column {name}"
    field = Field(str(name), label, _kind(spec.type), repr(spec.type), spec.required)
    seen = None if sample is None or str(name) not in sample else sample[str(name)].dropna()
    if seen is None or seen.empty:
        return field
    if field.kind in ("number", "integer") and seen.dtype.kind in "iuf":
        return msgspec.structs.replace(field, **_range(seen, field.kind))
    if field.kind == "text" and all(isinstance(value, str) for value in seen):
        return _with_options(field, list(seen))
    return field


def _kind(dtype: Any) -> str:
    return _KINDS[dtype] if isinstance(dtype, DataType) else "json"


def _range(seen: pd.Series[Any], kind: str) -> dict[str, Any]:
    known = seen[seen.abs() < math.inf]
    if known.empty:
        return {}
    least, most = known.min().item(), known.max().item()
    whole = kind == "integer" or bool((known % 1 == 0).all())
    fine = 10.0 ** math.floor(math.log10((most - least) / 50)) if most > least else None
    return {"least": least, "most": most, "step": max(1, fine or 1) if whole else fine}


def _with_options(field: Field, seen: list[str]) -> Field:
    """A choice if values come again, as they do in an enumeration; else suggestions."""
    options = sorted(set(seen))
    if len(options) > _MOST_CHOICES or max(map(len, options)) > _LONGEST_CHOICE:
        return field
    is_choice = 2 <= len(options) < len(seen)
    return msgspec.structs.replace(field, kind="choice" if is_choice else "text", options=options)


def _start(field: Field, sample: pd.DataFrame | None) -> Any:
    if sample is not None and field.name in sample and field.kind != "file":
        return json_cell(sample[field.name].iloc[0], field.kind)
    return _BLANKS.get(field.kind) if field.required else None


def json_cell(value: Any, kind: str = "") -> Any:
    """A value as a form holds it: JSON, NaN as text, times to the second where they can be.

    Examples
    --------
    >>> json_cell(float("nan"), "number"), json_cell([1, 2], "json"), json_cell(2.0, "integer")
    ('NaN', '[1, 2]', 2)
    """
    if kind == "json":
        return value if isinstance(value, str) else json.dumps(plain(value))
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item() if not hasattr(value, "isoformat") else value
    if kind == "integer" and value == "NaN":  # of a row that is picked
        return None
    if isinstance(value, float) and math.isnan(value):
        return "NaN" if kind == "number" else None
    if isinstance(value, float) and kind == "integer" and value.is_integer():
        return int(value)
    value = str(value) if isinstance(value, int) and abs(value) > _MOST_EXACT else as_json(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else _text(value)


def _text(value: Any) -> Any:
    made = plain(value)
    return made if isinstance(made, (str, type(None))) else json.dumps(made)


def _tensor_field(name: Any, spec: TensorSpec) -> Field:
    shown = f"{spec.type.name} {tuple(spec.shape)}"
    return Field(str(name), str(name) if spec.name else "array", "file", shown, shape=list(spec.shape))


def _params(schema: ParamSchema | None) -> tuple[list[Field], dict[str, Any]]:
    specs = schema.params if schema else []
    fields = [_param_field(spec) for spec in specs]
    return fields, {f.name: _param_start(f, spec) for f, spec in zip(fields, specs, strict=True)}


def _param_field(spec: ParamSpec) -> Field:
    kind = "json" if spec.shape else _kind(spec.dtype)
    return Field(spec.name, spec.name, kind, f"list of {spec.dtype!r}" if spec.shape else repr(spec.dtype))


def _param_start(field: Field, spec: ParamSpec) -> Any:
    return None if spec.default is None else json_cell(spec.default, field.kind)


def _free(example: Any, params: list[Field], params_values: dict[str, Any]) -> Form:
    note = "The model was saved without a signature, so nothing says what it takes: write JSON or CSV."
    notes, start = [note], ""
    try:
        start = convert_input_example_to_serving_input(example) or ""
        if len(start) > MOST_TEXT:
            raise InvalidParameter(f"it has {len(start)} characters, and the form holds {MOST_TEXT}.")
    except Exception as error:  # an example is a file of anybody
        start = ""
        notes.append(f"The input example cannot be used: {error}")
    field = Field(FREE, FREE, "free", "JSON or CSV")
    return Form("free", [field], params, {FREE: start}, params_values, start != "", notes)
