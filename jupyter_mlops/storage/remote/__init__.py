"""A store behind a tracking server: ours, or any that speaks MLflow's protocol.

`stores.py` is the contract of `storage.base` over HTTP, made of `experiments`, `runs`, `logged_models` and `registry`; `messages.py`
reads the protocol's JSON, `peers.py` asks what only our own server knows, `carriers.py` delivers what was logged.
May import `sync`, `http`, `artifact_stores`, `journal` and what is below them.
"""
