"""The table of what makes environments; ``local`` makes none."""

from __future__ import annotations

from jupyter_mlops.environments.condas import Conda
from jupyter_mlops.environments.pips import Uv, Virtualenv

__all__ = ["MANAGERS"]

MANAGERS: dict[str, Virtualenv | Uv | Conda | None] = {"local": None, "virtualenv": Virtualenv(), "uv": Uv(), "conda": Conda()}
