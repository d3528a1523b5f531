"""What a request to a scoring server holds, by its media type."""

from __future__ import annotations

import io
import os
import tempfile
from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.pyfunc.serving_inputs import read_frame, read_serving_input
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.schema import Schema

__all__ = ["MEDIA_TYPES", "Read", "media_type", "read_request", "text_columns"]

Read = tuple[Any, dict[str, Any] | None]
_MOST_MEMORY = "1GB"  # of a Parquet file's values; other forms are no smaller on their way


def read_request(kind: str, body: bytes, schema: Schema | None) -> Read:
    """Data and params of a request.

    Parameters
    ----------
    kind : str
        One of `MEDIA_TYPES`.
    body : bytes
    schema : Schema, optional
        Of the model; columns get its types where nothing is lost.

    Raises
    ------
    InvalidParameter
        It cannot be read.

    Examples
    --------
    >>> read_request("application/json", b'{"instances": [[1, 2]], "params": {"top": 1}}', None)
    (array([[1, 2]]), {'top': 1})
    >>> read_request("text/csv", b"a,b\\n1,x\\n", None)[0].to_dict("records")
    [{'a': 1, 'b': 'x'}]
    """
    return MEDIA_TYPES[kind](body, schema)


def media_type(header: str | None) -> str | None:
    """The one of `MEDIA_TYPES` that a ``Content-Type`` names; None for others, and for other texts than UTF-8.

    Examples
    --------
    >>> media_type("application/json; charset=UTF-8"), media_type("text/csv; format=split"), media_type(None)
    ('application/json', None, None)
    """
    kind, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    is_utf8 = all(parameter.replace('"', "") in ("charset=utf-8", "") for parameter in parameters)
    return kind if kind in MEDIA_TYPES and is_utf8 else None


def _json(body: bytes, schema: Schema | None) -> Read:
    try:
        form = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # such as NaN, which Python writes
        form = None
    return read_serving_input(form if isinstance(form, dict) else body, schema)  # what is wrong is said there


def _csv(body: bytes, schema: Schema | None) -> Read:
    import pandas as pd  # the request is a frame

    try:
        return read_frame(pd.read_csv(io.BytesIO(body), dtype=text_columns(schema)), schema), None
    except InvalidParameter:
        raise
    except Exception as error:  # whatever pandas makes of a stranger's text
        raise InvalidParameter(f"The request cannot be read as CSV: {error}") from error


def text_columns(schema: Schema | None) -> dict[Any, type]:
    """The columns that pandas must not take for numbers, as its ``dtype``: 007 is a text where the model takes texts."""
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return {}
    return {name: str for name, spec in schema.input_dict().items() if spec.type is DataType.string}


def _parquet(body: bytes, schema: Schema | None) -> Read:
    from jupyter_mlops.storage.duckdb.tables import read_parquet  # loads DuckDB

    with tempfile.TemporaryDirectory(prefix="mlops-request-") as folder:
        path = os.path.join(folder, "request.parquet")
        with open(path, "wb") as file:
            file.write(body)
        try:
            return read_frame(read_parquet(path, _MOST_MEMORY), schema), None
        except InvalidParameter as error:
            raise InvalidParameter(error.message.replace(path, "body")) from error


MEDIA_TYPES = {"application/json": _json, "text/csv": _csv, "application/vnd.apache.parquet": _parquet}
