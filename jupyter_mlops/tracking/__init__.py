"""Runs: starting, logging, searching; the fluent functions and `MlflowClient`.

`stacks.py` knows which run is active where, `run_states.py` what is known of an open run without asking the store.
May import `registry`, `context`, `storage`; used by `models`, `magics`, `server` and users.
"""

from typing import Any

__all__ = ["MlflowClient"]


def __getattr__(name: str) -> Any:
    if name != "MlflowClient":
        raise AttributeError(f"module 'jupyter_mlops.tracking' has no attribute {name!r}")
    from jupyter_mlops.tracking.client import MlflowClient  # not needed by who only logs

    return MlflowClient
