"""A store behind a tracking server: ours, or any that speaks MLflow's protocol.

`stores.py` is the contract of `storage.base` over HTTP, made of `experiments`, `runs`, `logged_models` and `registry`: one module a
resource, which asks by `links.py` and reads the protocol's JSON by `messages.py`. What only our own servers know is made of what
MLflow's tell by `curves` and `registry_pages`. `carriers.py` delivers what was logged, as `batches` of the protocol or as it is, and
`files.py` puts artifacts in their way. May import `sync`, `http`, `artifact_stores`, `journal`, `search.pages`, never `duckdb`.
"""
