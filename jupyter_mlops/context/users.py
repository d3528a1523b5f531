"""Who runs this process."""

from __future__ import annotations

from jupyter_mlops.entities.tags import USER_TAG
from jupyter_mlops.entities.users import user_name

__all__ = ["user_tags"]


def user_tags() -> dict[str, str]:
    """The login name, under MLflow's name for it."""
    return {USER_TAG: user_name()}
