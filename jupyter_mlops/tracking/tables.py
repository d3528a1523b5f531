"""Tables of a run: kept as JSON or Parquet, appended to, and read back over many runs."""

from __future__ import annotations

import json
import os
import posixpath
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, SupportsFloat

from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.duckdb.tables import read_parquet, write_parquet
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.artifacts import Target, fetch_artifact, list_artifacts, made_file, put_file, target_of
from jupyter_mlops.tracking.images import as_pil, compressed
from jupyter_mlops.tracking.settings import current_store, experiment_for_run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TABLE_SUFFIXES", "check_table", "load_table", "load_tables", "log_table", "put_table"]

LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"
TABLE_SUFFIXES = (".json", ".parquet")
_NOT_IN_NAMES = set("\"',:[]{}")


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a table with the run; rows are appended when it is there already.

    Parameters
    ----------
    data : DataFrame or dict of str to list or scalar
        Columns may hold images (PIL, `Image`), which are kept beside the table.
    artifact_file : str
        Ends in ``.json`` or ``.parquet``. Floats are read back as they were; JSON has none for NaN and infinity, which
        become null.
    run_id : str, optional
        The active run by default.

    Raises
    ------
    ValueError
        Another suffix, a name with one of ``" ' , : [ ] { }``, or a column that holds images and other things.
    TypeError
        `data` is neither a DataFrame nor a dict.

    Examples
    --------
    >>> import jupyter_mlops
    >>> with jupyter_mlops.start_run():
    ...     jupyter_mlops.log_table({"question": ["a", "b"], "answer": ["c", "d"]}, "answers.json")
    """
    put_table(target_of(run_id), data, artifact_file)


def put_table(target: Target, data: Any, artifact_file: str, *, replace: bool = False) -> None:
    """Keep a table with a run, see `log_table`; in place of the one that is there, if it is to `replace` it."""
    _check_name(artifact_file)
    frame = _as_frame(data)
    for name in _image_columns(frame):
        frame[name] = [_kept_image(target, value, artifact_file) for value in frame[name]]
    if not replace and (before := _present(target, artifact_file)):
        pd = whole_import("pandas")
        frame = pd.concat([_read(before), frame], ignore_index=True)
    made_file(target, artifact_file, lambda path: _write(frame, path))
    _note(target, artifact_file)


def check_table(data: Any, artifact_file: str) -> None:
    """Raise what `put_table` would for data or a name that cannot be, without writing to a run."""
    _check_name(artifact_file)
    frame = _as_frame(data)
    for name in _image_columns(frame):
        frame[name] = ""
    with tempfile.TemporaryDirectory() as folder:
        _write(frame, os.path.join(folder, posixpath.basename(artifact_file)))


def _check_name(artifact_file: str) -> None:
    if not artifact_file.endswith(TABLE_SUFFIXES):
        raise ValueError(f"A table is kept as .json or .parquet, not as {artifact_file!r}.")
    if bad := _NOT_IN_NAMES & set(artifact_file):
        raise ValueError(f"The name of a table cannot have {' '.join(sorted(bad))}: {artifact_file!r}.")


def _as_frame(data: Any) -> pd.DataFrame:
    pd = whole_import("pandas")
    if isinstance(data, pd.DataFrame):
        return data.copy(deep=False)
    if not isinstance(data, dict):
        raise TypeError(f"A table is a DataFrame or a dict of columns, not {type(data).__name__}.")
    one_row = not any(pd.api.types.is_list_like(value) and not isinstance(value, dict) for value in data.values())
    return pd.DataFrame([data]) if one_row else pd.DataFrame(data)


def _is_image(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("save", "resize", "size"))


def _image_columns(frame: pd.DataFrame) -> list[Any]:
    found = []
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        images = [_is_image(value) for value in column] if column.dtype == object else []
        if any(images) and not all(images):
            raise ValueError(f"Column {name!r} holds images and other things: a column is one or the other.")
        found += [name] * any(images)
    return found


def _kept_image(target: Target, image: Any, artifact_file: str) -> dict[str, str]:
    folder, name = posixpath.join("table_images", os.path.splitext(artifact_file)[0]), new_id()
    picture = as_pil(image)
    with tempfile.TemporaryDirectory() as local:
        full, small = os.path.join(local, f"{name}.png"), os.path.join(local, f"{name}.webp")
        picture.save(full)
        compressed(picture).save(small)
        put_file(target, full, folder)
        put_file(target, small, folder)
    inside = posixpath.join(folder, name)
    return {"type": "image", "filepath": f"{inside}.png", "compressed_filepath": f"{inside}.webp"}


def _present(target: Target, artifact_file: str) -> str | None:
    """A local copy of the table as it is, None when the run has none."""
    folder = posixpath.dirname(artifact_file)
    if not any(info.path == posixpath.normpath(artifact_file) for info in list_artifacts(target, folder)):
        return None
    return fetch_artifact(target, artifact_file, None)


def _read(path: str) -> pd.DataFrame:
    if path.endswith(".parquet"):
        return read_parquet(path)
    pd = whole_import("pandas")
    with open(path, encoding="utf-8") as file:
        kept = json.load(file)
    return pd.DataFrame(kept["data"], columns=kept["columns"])


def _write(frame: pd.DataFrame, path: str) -> None:
    if path.endswith(".parquet"):
        write_parquet(frame, path)
        return
    kept = json.loads(frame.to_json(orient="split", index=False, date_format="iso"))
    kept["data"] = _exact(list(frame.itertuples(index=False, name=None)), kept["data"])
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(kept))


def _exact(value: Any, kept: Any) -> Any:
    """What pandas made of a value for JSON, with floats as they were: pandas rounds them, to 15 digits at best."""
    if isinstance(kept, float) and isinstance(value, SupportsFloat):
        return float(value)
    if isinstance(kept, list) and hasattr(value, "__len__") and len(value) == len(kept):
        return [_exact(*pair) for pair in zip(value, kept, strict=True)]
    if isinstance(kept, dict) and isinstance(value, dict) and len(value) == len(kept):
        return {key: _exact(one, kept[key]) for key, one in zip(kept, value.values(), strict=True)}
    return kept


def _note(target: Target, artifact_file: str) -> None:
    """Enter a table in the run's tag, once."""
    store, run_id = target
    entry = {"path": artifact_file, "type": "table"}
    tables = json.loads(store.get_run(run_id).data.tags.get(LOGGED_ARTIFACTS, "[]"))
    if entry not in tables:
        store.set_tag(run_id, LOGGED_ARTIFACTS, json.dumps([*tables, entry]))


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """A table of several runs of the current experiment, one below the other.

    Parameters
    ----------
    artifact_file : str
        As it was logged.
    run_ids : sequence of str, optional
        Those of all runs by default.
    extra_columns : sequence of str, optional
        Fields of the runs to add, such as ``"run_id"`` or ``"params.lr"``; with ``_`` behind where the table has the name.

    Raises
    ------
    NotFound
        No such run has the table.
    """
    return load_tables(current_store(), experiment_for_run(), artifact_file, run_ids, extra_columns)


def load_tables(
    store: TrackingStore,
    experiment_id: str,
    artifact_file: str,
    run_ids: Sequence[str] | None,
    extra_columns: Sequence[str] | None,
) -> pd.DataFrame:
    """A table of several runs of an experiment, see `load_table`."""
    pd = whole_import("pandas")
    if "'" in artifact_file:
        raise InvalidParameter(f"No table has a quote in its name: {artifact_file!r}.")
    entry = json.dumps(artifact_file)  # as it stands in the tag; LIKE finds more, as _ and % are any letters there
    pattern = entry.replace("\\", "%")
    text = f"tags.`{LOGGED_ARTIFACTS}` LIKE '%{pattern}%'"
    runs: list[Run] = every_page(lambda n, token: store.search_runs([experiment_id], text, 1, n, None, token), None, 1000)
    frames = [
        _with_fields(_read(fetch_artifact((store, run.info.run_id), artifact_file, None)), run, extra_columns or ())
        for run in runs
        if entry in run.data.tags[LOGGED_ARTIFACTS] and (run_ids is None or run.info.run_id in run_ids)
    ]
    if not frames:
        raise NotFound(f"No run of experiment {experiment_id} that was asked for has a table {artifact_file!r}.")
    return pd.concat(frames, ignore_index=True)


def _with_fields(frame: pd.DataFrame, run: Run, names: Sequence[str]) -> pd.DataFrame:
    for name in names:
        group, _, key = name.partition(".")
        holder = getattr(run.data, group, None) if key else None
        value = holder.get(key) if isinstance(holder, dict) else getattr(run.info, name, None)
        frame[f"{name}_" if name in frame.columns else name] = value
    return frame
