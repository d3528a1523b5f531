"""What this user last chose in views of a store and some of its experiments: the next view begins with it."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import msgspec

from jupyter_mlops.storage.locate import data_folder

__all__ = ["prefer", "preferred"]

_MOST = 200


def preferred(store_key: str, experiment_ids: list[str] | None) -> dict[str, Any]:
    """What was chosen last for these experiments of a store; nothing at first."""
    return _all().get(_key(store_key, experiment_ids), {})


def prefer(store_key: str, experiment_ids: list[str] | None, **chosen: Any) -> None:
    """Remember a choice. A file that cannot be written is no reason to stop."""
    kept, key = _all(), _key(store_key, experiment_ids)
    if {**kept.get(key, {}), **chosen} == kept.get(key):
        return
    entry = {**kept.pop(key, {}), **chosen}
    newest = dict([*list(kept.items())[-_MOST:], (key, entry)])
    with contextlib.suppress(OSError):
        os.makedirs(data_folder(), mode=0o700, exist_ok=True)
        fresh = f"{_path()}.{os.getpid()}"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(newest))
        os.replace(fresh, _path())


def _path() -> str:
    return os.path.join(data_folder(), "preferences.json")


def _key(store_key: str, experiment_ids: list[str] | None) -> str:
    return " ".join([store_key, *sorted(experiment_ids or ())])


def _all() -> dict[str, dict[str, Any]]:
    try:
        with open(_path(), "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, dict[str, Any]])
    except (OSError, msgspec.MsgspecError):
        return {}
