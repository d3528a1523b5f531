"""What the code of a model calls while it is run: to name the model, and to read its configuration."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.configs import read_config

__all__ = ["ModelConfig", "code_config", "named_model", "set_model"]

named_model: ContextVar[Any] = ContextVar("named_model", default=None)
code_config: ContextVar[dict[str, Any] | None] = ContextVar("code_config", default=None)


def set_model(model: Any) -> None:
    """Name the model that a file of code makes, for ``log_model(python_model="that_file.py")``.

    Parameters
    ----------
    model : PythonModel or callable

    Raises
    ------
    InvalidParameter
        It is neither.
    """
    if isinstance(model, (str, type)) or not (callable(model) or callable(getattr(model, "predict", None))):
        raise InvalidParameter(f"set_model() takes a PythonModel or a function, not {model!r}.")
    named_model.set(model)


class ModelConfig:
    """Configuration of a model from code: what it is loaded with, else a file for development.

    Parameters
    ----------
    development_config : dict or path of a YAML file, optional

    Raises
    ------
    InvalidParameter
        There is neither.
    """

    def __init__(self, *, development_config: dict[str, Any] | str | os.PathLike[str] | None = None) -> None:
        given = code_config.get()
        config = read_config(development_config) if given is None else given
        if config is None:
            raise InvalidParameter("There is no model_config and no development_config to read.")
        self._config = config

    def to_dict(self) -> dict[str, Any]:
        """All of it."""
        return dict(self._config)

    def get(self, key: str) -> Any:
        """One value.

        Raises
        ------
        InvalidParameter
            There is no such key.
        """
        if key not in self._config:
            raise InvalidParameter(f"The model's configuration has no key {key!r}, only {sorted(self._config)}.")
        return self._config[key]
