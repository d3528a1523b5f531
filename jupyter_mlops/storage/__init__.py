"""Everything between a call and the disk or the network.

`base.py` is the contract of a store, `locate.py` says which one is meant, `opened.py` opens it. `journal/` takes what is logged,
which `journaled.py` is for all stores; `duckdb/` keeps it in a file of this machine and `search/` finds it there; `remote/` is a
store behind a server, to which `sync/` delivers and which `http/` asks. `artifact_stores/` hold files. May import `types`,
`entities`, `errors`; called by `registry` and `tracking`.
"""
