"""The documented views as files that any tool reads."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.backups import snapshot
from jupyter_mlops.storage.duckdb.files import StoreFiles
from jupyter_mlops.storage.duckdb.queries import use_views, view_names
from jupyter_mlops.storage.duckdb.sessions import new_engine, quoted, translated

__all__ = ["FORMATS", "export_views"]

FORMATS = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER"}


def export_views(files: StoreFiles, folder: str, format_: str = "parquet") -> Iterator[tuple[str, int, int]]:
    """Write every view to a file of `folder`; yields name, rows and how many views are left, one by one.

    Parameters
    ----------
    files : StoreFiles
    folder : str
        Must be there. All files are as of one moment: a copy of the store is made in it, and removed at the end.
    format_ : {"parquet", "csv"}

    Raises
    ------
    InvalidParameter
        Another format.
    StoreBusy, StoreError
    """
    import duckdb

    if format_ not in FORMATS:
        raise InvalidParameter(f"Stores are exported as {' or '.join(FORMATS)}, not as {format_!r}.")
    copy = os.path.join(folder, ".store.duckdb")
    engine = new_engine(folder)
    try:
        snapshot(files, copy)
        engine.execute(f"ATTACH {quoted(copy)} AS store (READ_ONLY)")
        use_views(engine, files.root)
        names = view_names(engine)
        for number, name in enumerate(names, 1):
            target = quoted(os.path.join(folder, f"{name}.{format_}"))
            row = engine.execute(f'COPY (FROM "{name}") TO {target} ({FORMATS[format_]})').fetchone()
            yield name, int(row[0]) if row else 0, len(names) - number
    except duckdb.Error as error:
        raise translated(error, folder) from error
    finally:
        engine.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(copy)
