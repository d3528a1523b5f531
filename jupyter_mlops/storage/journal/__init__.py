"""What a process logs, one append-only file per writer: a call is on disk when it returns, without any database.

`protocol.py` says how the format may change, `operations.py` lists the kinds of records, `segments.py` writes and
reads files of them, `heads.py` tells writers what they must know of the store, `writers.py` keeps a process's segment.
May import `modes`, `entities`, `errors`; used by `storage/duckdb` (which folds segments) and through it by `tracking`.
"""
