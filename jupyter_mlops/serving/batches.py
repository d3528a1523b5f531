"""Predictions for the rows of a file, which may be larger than memory."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Protocol

import msgspec

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.serving_inputs import read_frame
from jupyter_mlops.serving.answers import plain_predictions
from jupyter_mlops.serving.requests import Read, read_request, text_columns
from jupyter_mlops.types.schema import Schema
from jupyter_mlops.upkeep.bars import count_bar
from jupyter_mlops.upkeep.whole_files import whole_file

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "predict_file", "read_json"]

KINDS = ("json", "csv", "parquet")
_ROWS = 20_480  # at a time


def predict_file(
    model_uri: str, source: str | None, target: str | None, *, kind: str | None = None, trust: bool = False, shown: bool = False
) -> int:
    """Predict for the rows of a file and write what the model says; how many rows there were.

    Parameters
    ----------
    model_uri : str
    source, target : str or None
        Files; None for standard input and output. The target is there whole or not at all.
    kind : {"json", "csv", "parquet"}, optional
        Of the source; by its suffix, else JSON as a scoring server takes it. The target's is that of its suffix, else JSON.
    trust : bool, default False
        As in `load_model`.
    shown : bool, default False
        Whether a progress bar is shown where somebody looks.

    Raises
    ------
    InvalidParameter
        The rows cannot be read or do not fit the model; which ones. Or the target is the source.
    FileNotFoundError
        The target's folder is not there.

    Notes
    -----
    CSV and Parquet are read, predicted and written 20,480 rows at a time; JSON is read as a whole.
    """
    if source and target and os.path.isfile(target) and os.path.samefile(source, target):
        raise InvalidParameter(f"The predictions would replace the rows of {target}: write them to another file.")
    model = load_model(model_uri, suppress_warnings=True, trust=trust)
    schema = model.metadata.get_input_schema()
    pieces = _READERS[kind or _kind_of(source)](source, schema)
    count = 0
    with _file_for(target) as file, _WRITERS[_kind_of(target)](file) as writer, count_bar("predicting, rows", shown=shown) as bar:
        for data, params in pieces:
            size = _rows_of(data)
            with _rows_named(count, size, is_whole=count == 0 and size < _ROWS):
                writer.write(model.predict(data, params))
            count += size
            bar.update(size)
    return count


def _rows_of(data: Any) -> int:
    if isinstance(data, Mapping):  # columns
        data = next(iter(data.values()), ())
    return len(data) if hasattr(data, "__len__") and not isinstance(data, (str, bytes)) else 1


def _kind_of(path: str | None) -> str:
    suffix = os.path.splitext(path or "")[1].lower().lstrip(".")
    return suffix if suffix in KINDS else "json"


@contextlib.contextmanager
def _rows_named(first: int, size: int, *, is_whole: bool) -> Iterator[None]:
    """What is wrong is told with the rows of the file; a piece counts its own from 0."""
    try:
        yield
    except InvalidParameter as error:
        if is_whole:
            raise
        raise InvalidParameter(f"Rows {first:,} to {first + size - 1:,}, counted from 0 there: {error.message}") from error


def _json_pieces(source: str | None, schema: Schema | None) -> Iterator[Read]:
    if source is None:
        body = sys.stdin.buffer.read()
    else:
        with open(source, "rb") as file:
            body = file.read()
    yield read_json(body, schema)


def read_json(body: bytes, schema: Schema | None) -> Read:
    """Data and params of JSON as a scoring server takes it; of what looks like a table the error says how it is read.

    Raises
    ------
    InvalidParameter
        It cannot be read.

    Examples
    --------
    >>> read_json(b"a,b\\n1,2\\n", None)
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: The request is no JSON: ... If it is CSV, say so: content_type='csv', or --content-type csv.
    """
    try:
        return read_request("application/json", body, schema)
    except InvalidParameter as error:
        if body.lstrip()[:1] in (b"", b"{", b"["):
            raise
        raise InvalidParameter(f"{error.message}. If it is CSV, say so: content_type='csv', or --content-type csv.") from error


def _csv_pieces(source: str | None, schema: Schema | None) -> Iterator[Read]:
    import pandas as pd  # the file is frames

    try:
        with pd.read_csv(source or sys.stdin.buffer, dtype=text_columns(schema), chunksize=_ROWS) as frames:  # type: ignore[arg-type]
            yield from _typed((frame.reset_index(drop=True) for frame in frames), schema)
    except (ValueError, pd.errors.ParserError) as error:
        if isinstance(error, InvalidParameter):
            raise
        raise InvalidParameter(f"{source or 'The input'} cannot be read as CSV: {error}") from error


def _parquet_pieces(source: str | None, schema: Schema | None) -> Iterator[Read]:
    from jupyter_mlops.storage.duckdb.tables import parquet_frames  # loads DuckDB

    if source is None:
        raise InvalidParameter("Parquet is read from a file, not from standard input.")
    yield from _typed(parquet_frames(source), schema)


def _typed(frames: Iterable[pd.DataFrame], schema: Schema | None) -> Iterator[Read]:
    count = 0
    for frame in frames:
        with _rows_named(count, len(frame), is_whole=count == 0 and len(frame) < _ROWS):
            yield read_frame(frame, schema), None
        count += len(frame)


class _Writer(Protocol):
    def write(self, predictions: Any) -> None: ...


@contextlib.contextmanager
def _json_writer(file: IO[bytes]) -> Iterator[_Writer]:
    """``{"predictions": [...]}``, row after row; what is no list is written as it is, once."""
    writer = _Json(file)
    yield writer
    file.write(b'{"predictions":[]}\n' if writer.is_first else b"]}\n" if writer.is_list else b"}\n")


class _Json:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.is_first, self.is_list = file, True, True

    def write(self, predictions: Any) -> None:
        found = plain_predictions(predictions)
        if self.is_first:
            self.is_list = isinstance(found, list)
        elif not (self.is_list and isinstance(found, list)):
            raise InvalidParameter("The model gives no rows, so it cannot be asked piece by piece.")
        text = msgspec.json.encode(found)
        if self.is_list:
            text = (b"[" if self.is_first else b"," if found else b"") + text[1:-1]
        if self.is_first:  # nothing is written before something is predicted
            self._file.write(b'{"predictions":')
        self._file.write(text)
        self.is_first = False


@contextlib.contextmanager
def _csv_writer(file: IO[bytes]) -> Iterator[_Writer]:
    yield _Csv(file)


class _Csv:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._has_head = file, False

    def write(self, predictions: Any) -> None:
        _frame_of(predictions).to_csv(self._file, index=False, header=not self._has_head)
        self._has_head = True


@contextlib.contextmanager
def _parquet_writer(file: IO[bytes]) -> Iterator[_Writer]:
    from jupyter_mlops.storage.duckdb.tables import join_parquet  # loads DuckDB

    with tempfile.TemporaryDirectory(prefix="mlops-predict-") as folder:
        writer = _Parquet(folder)
        yield writer
        if not writer.paths:
            raise InvalidParameter("There are no rows, so nothing is known of the columns of a Parquet file.")
        join_parquet(writer.paths, os.path.join(folder, "all"))
        with open(os.path.join(folder, "all"), "rb") as whole:
            while data := whole.read(1 << 20):
                file.write(data)


class _Parquet:
    def __init__(self, folder: str) -> None:
        self._folder, self.paths = folder, list[str]()

    def write(self, predictions: Any) -> None:
        from jupyter_mlops.storage.duckdb.tables import write_parquet

        self.paths.append(os.path.join(self._folder, f"{len(self.paths)}.parquet"))
        write_parquet(_frame_of(predictions), self.paths[-1])


def _frame_of(predictions: Any) -> pd.DataFrame:
    """Predictions as columns: ``prediction``, or as the model names them; of an array of two dimensions ``prediction_0``, …"""
    import numpy as np
    import pandas as pd

    if isinstance(predictions, pd.DataFrame):
        return predictions.rename(columns=str)
    if isinstance(predictions, pd.Series):
        return predictions.to_frame("prediction" if predictions.name is None else str(predictions.name))
    if isinstance(predictions, np.ndarray) and predictions.ndim == 2:
        return pd.DataFrame(predictions, columns=[f"prediction_{place}" for place in range(predictions.shape[1])])
    if isinstance(predictions, (list, np.ndarray)):
        return pd.DataFrame({"prediction": list(predictions)})
    if isinstance(predictions, dict):
        return pd.DataFrame(predictions)
    raise InvalidParameter(f"A {type(predictions).__name__} is no column: write JSON.")


@contextlib.contextmanager
def _file_for(target: str | None) -> Iterator[IO[bytes]]:
    """Where bytes go: a file that has its name when all is in it, or standard output."""
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    with whole_file(target) as file:
        yield file


_READERS: dict[str, Callable[[str | None, Schema | None], Iterator[Read]]] = {"json": _json_pieces, "csv": _csv_pieces, "parquet": _parquet_pieces}
_WRITERS: dict[str, Callable[[IO[bytes]], contextlib.AbstractContextManager[_Writer]]] = {"json": _json_writer, "csv": _csv_writer, "parquet": _parquet_writer}
