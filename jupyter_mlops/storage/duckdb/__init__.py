"""The database: one plain DuckDB file, held only for moments.

`lease.py` takes turns between processes, `sessions.py` attaches the file for one turn, `migrations.py` and `schema/`
make its tables, `fold.py` brings the journal in, one module per family of tables reads and changes them, `store.py`
puts all of it behind the contract of `storage/base.py`. The only folder that imports `duckdb`, and only when it is used.
"""
