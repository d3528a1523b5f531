"""The description of a scoring server, with the columns of its model."""

from __future__ import annotations

import json
from typing import Any

from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.serving.served_models import ServedModel
from jupyter_mlops.types.composites import Array, BaseType, Map, Object
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.schema import Schema
from jupyter_mlops.version import __version__

__all__ = ["document"]

_TYPES: dict[DataType, dict[str, Any]] = {
    DataType.boolean: {"type": "boolean"}, DataType.integer: {"type": "integer", "format": "int32"},
    DataType.long: {"type": "integer", "format": "int64"}, DataType.float: {"type": "number", "format": "float"},
    DataType.double: {"type": "number", "format": "double"}, DataType.string: {"type": "string"},
    DataType.binary: {"type": "string", "contentEncoding": "base64"}, DataType.datetime: {"type": "string", "format": "date-time"},
}  # fmt: skip
_ERRORS = {
    "400": "The body cannot be read, does not fit the model, or the model cannot answer it.",
    "503": "As many requests wait as may.", "504": "The prediction took too long.",
}  # fmt: skip


def document(served: ServedModel) -> dict[str, Any]:
    """What OpenAPI 3.1 says of the server: the model's columns, params and example are the body's schema.

    References
    ----------
    `OpenAPI Specification 3.1.0 <https://spec.openapis.org/oas/v3.1.0>`_
    """
    meta = served.model.metadata
    schema, params = meta.get_input_schema(), meta.get_params_schema()
    bodies = {"inputs": {}, "instances": {}} if schema is None or schema.is_tensor_spec() else _of_columns(schema)
    named = {"params": {"type": "object", "properties": {p.name: _type(p.dtype) for p in params.params}}} if params else {}
    body: dict[str, Any] = {
        "application/json": {"schema": {"oneOf": [_object({name: one, **named}, [name]) for name, one in bodies.items()]}},
        "text/csv": {"schema": {"type": "string"}},
        "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
    }
    if example := _example(served):
        body["application/json"]["example"] = example
    answers = {"200": _content("Predictions, in the order of the rows.", _object({"predictions": {}}, ["predictions"]))}
    error = _object({"error_code": {"type": "string"}, "message": {"type": "string"}}, ["error_code", "message"])
    answers |= {status: _content(meaning, error) for status, meaning in _ERRORS.items()}
    operation = {"summary": "Predictions for rows.", "operationId": "invocations", "requestBody": {"required": True, "content": body}, "responses": answers}
    return {
        "openapi": "3.1.0", "info": {"title": served.name, "version": __version__, "description": "A model that is served."},
        "paths": {"/invocations": {"post": operation}},
    }  # fmt: skip


def _of_columns(schema: Schema) -> dict[str, Any]:
    names = schema.input_names()
    columns = {str(name): _type(spec.type) for name, spec in schema.input_dict().items()}
    row = {"type": "array", "prefixItems": list(columns.values())}
    split = _object({"columns": {"type": "array", "items": {"enum": names}}, "data": {"type": "array", "items": row}}, ["data"])
    records = {"type": "array", "items": _object(columns, [str(name) for name in schema.required_input_names()])}
    return {"dataframe_split": split, "dataframe_records": records, "inputs": {}, "instances": {}}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def _type(kind: DataType | BaseType) -> dict[str, Any]:
    if isinstance(kind, DataType):
        return _TYPES[kind]
    if isinstance(kind, Array):
        return {"type": "array", "items": _type(kind.dtype)}
    if isinstance(kind, Map):
        return {"type": "object", "additionalProperties": _type(kind.value_type)}
    if isinstance(kind, Object):
        return _object({p.name: _type(p.dtype) for p in kind.properties}, [p.name for p in kind.properties if p.required])
    return {}


def _content(meaning: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _example(served: ServedModel) -> Any:
    if not served.model.metadata.saved_input_example_info:
        return None
    example = served.model.metadata.load_input_example(served.name)
    return json.loads(convert_input_example_to_serving_input(example) or "null")
