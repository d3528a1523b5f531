"""A model's configuration."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.types.yaml_texts import MAX_BYTES, read_yaml

__all__ = ["read_config"]

def read_config(given: dict[str, Any] | str | os.PathLike[str] | None) -> dict[str, Any] | None:
    """A model's configuration: a dict, or the path of a YAML file with one.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidParameter
        It is none.
    """
    if given is None or isinstance(given, dict):
        return given
    if not isinstance(given, (str, os.PathLike)):
        raise InvalidParameter(f"model_config is a dict, or the path of a YAML file with one, not {given!r}.")
    if not os.path.isfile(given):
        raise NotFound(f"There is no file {os.fspath(given)!r} with a model's configuration.")
    with open(given, "rb") as file:
        return read_yaml(file.read(MAX_BYTES + 1), os.fspath(given))
