"""One file of a run as far as it can be shown; nothing in it is run."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.calls import check_stretch
from jupyter_mlops.views.files.contents import file_size, read_part, suffix_of
from jupyter_mlops.views.files.images import IMAGES, image_address
from jupyter_mlops.views.files.notebooks import notebook_cells
from jupyter_mlops.views.files.tables import TABLES, file_table, logged_table
from jupyter_mlops.views.formats.notes import note_html

__all__ = ["run_file"]

_PART, _MOST_IMAGE, _MOST_WHOLE, _MOST_ROWS = 200_000, 10_000_000, 20_000_000, 500
_MOST_PRETTY, _MOST_PAGE = 1_000_000, 2_000_000
_MOST_LINES = 500_000_000  # of a table of lines, all of which are read to be counted
_PAGES, _NOTES, _NOTEBOOKS, _JSON = (".html", ".htm"), (".md", ".markdown"), (".ipynb",), (".json",)


def run_file(
    store: TrackingStore, run_id: str, path: str, offset: int = 0, limit: int = 100, raw: bool = False
) -> dict[str, Any]:
    """A file, or a part of it.

    Parameters
    ----------
    store : TrackingStore
    run_id, path : str
    offset : int
        Of a text the byte, of a table the row from which it is wanted.
    limit : int, 1 to 500
        Rows of a table.
    raw : bool
        As the text that it is, whatever else it is.

    Returns
    -------
    dict
        ``path``, ``size``, ``kind``, and by kind: ``image`` its address as ``src``; ``text`` a part as ``text``, from ``start`` to
        ``next`` (None at the end), and whether it ``has_source`` of its own; ``note`` ``html``; ``page`` ``text``, to be shown where
        nothing runs; ``table`` see `file_table`; ``notebook`` see `notebook_cells`; ``none`` why not, as ``problem``.

    Raises
    ------
    NotFound
        There is no such run or file.
    """
    check_stretch(limit, offset, _MOST_ROWS)
    run = store.get_run(run_id)
    size = file_size(artifact_store(run.info.artifact_uri), path)
    about = {"path": path, "size": size, "has_source": suffix_of(path) in (*_PAGES, *_NOTES, *_NOTEBOOKS, *_JSON, *TABLES, ".svg")}
    shown = None if raw else _made(run, path, size, offset, limit)
    return about | (shown or _text(run, path, size, offset))


def _made(run: Run, path: str, size: int, offset: int, limit: int) -> dict[str, Any] | None:
    """How its name says that it is shown; None for a text, and what turns out to be nothing else."""
    suffix = suffix_of(path)
    if (kind := TABLES.get(suffix)) and (kind == "parquet" or size <= _MOST_LINES):
        try:
            return {"kind": "table", **file_table(artifact_store(run.info.artifact_uri), path, kind, offset, limit)}
        except MlflowException as error:
            return _nothing(str(error)) if kind == "parquet" else None
    if suffix in IMAGES:
        if size > _MOST_IMAGE:
            return _nothing(f"The image has {size:,} bytes; those of up to {_MOST_IMAGE:,} are shown.")
        return {"kind": "image", "src": image_address(IMAGES[suffix], read_part(run, path, 0, size))}
    if suffix in _PAGES and size <= _MOST_PAGE:
        return {"kind": "page", "text": _decoded(read_part(run, path, 0, size))}
    if suffix in _NOTES and size <= _PART:
        return {"kind": "note", "html": note_html(_decoded(read_part(run, path, 0, size)))}
    if suffix in (*_NOTEBOOKS, *_JSON) and size <= _MOST_WHOLE:
        return _structured(read_part(run, path, 0, size), suffix, offset, limit)
    return None


def _structured(data: bytes, suffix: str, offset: int, limit: int) -> dict[str, Any] | None:
    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if suffix in _NOTEBOOKS:
        cells = notebook_cells(content)
        return {"kind": "notebook", **cells} if cells else None
    if table := logged_table(content, offset, limit):
        return {"kind": "table", **table}
    if len(data) > _MOST_PRETTY:
        return None
    text = msgspec.json.format(data, indent=2).decode(errors="replace")
    return {"kind": "text", "text": text, "start": 0, "next": None} if len(text) <= 2 * _MOST_PRETTY else None


def _text(run: Run, path: str, size: int, offset: int) -> dict[str, Any]:
    part = read_part(run, path, offset, _PART)
    if b"\0" in part:
        return _nothing("This kind of file can't be shown here. Download it.")
    more = offset + len(part) < size
    if more:  # up to the end of a line, else of a letter
        end = part.rfind(b"\n") + 1
        part = part[:end] if end else _whole_letters(part)
    text = part.decode(errors="replace")
    if text.count("\ufffd") > len(text) / 20:
        return _nothing("This is no text in UTF-8, and no other kind of file that can be shown here. Download it.")
    return {"kind": "text", "text": text, "start": offset, "next": offset + len(part) if more and part else None}


def _whole_letters(part: bytes) -> bytes:
    end = len(part)
    while end > len(part) - 4 and end > 1 and part[end - 1] & 0xC0 == 0x80:
        end -= 1
    return part[: end - 1] if end > 1 and part[end - 1] >= 0xC0 else part


def _nothing(problem: str) -> dict[str, Any]:
    return {"kind": "none", "problem": problem}


def _decoded(data: bytes) -> str:
    return data.decode(errors="replace")
