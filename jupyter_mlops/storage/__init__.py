"""Everything between a call and the disk or the network.

`base.py` is the contract of a store, `locate.py` says which store is meant, `journal/` takes what is logged,
`duckdb/` keeps it, `search/` finds it, `artifact_stores/` hold files. May import `types`, `entities`, `errors`;
called by `registry` and `tracking`.
"""
