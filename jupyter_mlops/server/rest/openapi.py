"""The protocol's description in OpenAPI, made from the table of endpoints."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from jupyter_mlops.server.rest.endpoints import ENDPOINTS
from jupyter_mlops.server.rest.requests import Endpoint
from jupyter_mlops.version import __version__

__all__ = ["openapi_document"]

_ERROR = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": {"type": "string"}, "message": {"type": "string"}},
}

_ERRORS = {
    "400": "A value that cannot be.", "401": "Who asks is not known.", "403": "Whoever asks may not.", "404": "There is no such thing.",
    "429": "Too much was asked at once: try again later.", "default": "Another error.",
}  # fmt: skip


def openapi_document(prefix: str = "") -> dict[str, Any]:
    """What OpenAPI 3.1 says of the endpoints.

    Parameters
    ----------
    prefix : str
        What stands before every path of the server.

    Returns
    -------
    dict
        JSON.

    References
    ----------
    `OpenAPI Specification 3.1.0 <https://spec.openapis.org/oas/v3.1.0>`_

    Examples
    --------
    >>> document = openapi_document()
    >>> document["paths"]["/api/2.0/mlflow/runs/get"]["get"]["summary"]
    'A run, deleted ones too.'
    """
    forms = list({one.body: None for one in ENDPOINTS if one.body is not None})
    refs, schemas = msgspec.json.schema_components(forms, ref_template="#/components/schemas/{name}")
    refs_by_form = dict(zip(forms, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        ref = {"type": "object"} if endpoint.body is None else refs_by_form[endpoint.body]
        paths.setdefault(f"{prefix}/{endpoint.path}", {})[endpoint.method.lower()] = _operation(endpoint, ref, schemas)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "jupyter_mlops", "version": __version__, "description": "MLflow's protocol on one plain file."},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": _ERROR},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The server's token, or one of a user."},
                "password": {"type": "http", "scheme": "basic", "description": "A user and password; a token is the password of any user."},
            },
        },
        "security": [{"token": []}, {"password": []}],
    }
    # Forms of one name in two resources are told apart by their modules.
    text = msgspec.json.encode(document).replace(b"jupyter_mlops.server.rest.", b"").replace(b"jupyter_mlops.entities.", b"")
    return msgspec.json.decode(text, type=dict[str, Any])


def _name(endpoint: Endpoint) -> str:
    return endpoint.path.rpartition("mlflow/")[2] or endpoint.path


def _operation(endpoint: Endpoint, form: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    document = getattr(endpoint.answer, "func", endpoint.answer).__doc__ or ""
    operation: dict[str, Any] = {
        "summary": document.partition("\n")[0],
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()} {_name(endpoint)}").strip("_"),
        "tags": [_name(endpoint).partition("/")[0]],
        "responses": {"200": _content({"type": "object"}, "Done."), **{status: _error(meaning) for status, meaning in _ERRORS.items()}},
    }  # fmt: skip
    in_path = re.findall(r"\{(\w+)\}", endpoint.path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    if endpoint.method == "GET":
        fields = schemas[form["$ref"].rpartition("/")[2]]
        parameters += [
            {"name": name, "in": "query", "required": name in fields.get("required", ()), "schema": schema}
            for name, schema in fields["properties"].items()
            if name not in in_path
        ]
    else:
        operation["requestBody"] = {"required": True, **_content(form)}
    return operation | ({"parameters": parameters} if parameters else {})


def _error(meaning: str) -> dict[str, Any]:
    return _content({"$ref": "#/components/schemas/Error"}, meaning)


def _content(schema: dict[str, Any], description: str | None = None) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}}
    return content if description is None else {"description": description, **content}
