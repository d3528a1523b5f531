"""What the data of a fit look like, kept with the model that it makes."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.data.profiles import Profile, profile_of
from jupyter_mlops.tracking.autologs import Session

__all__ = ["data_profile"]


def data_profile(session: Session, data: Any) -> Profile | None:
    """The profile of data that a model is fitted on; None where no model or no data sets are logged, and of what is no table."""
    if data is None or not (session.options["log_models"] and session.options["log_datasets"]):
        return None
    found: Profile | None = session.attempt("the profile of the data", profile_of, data)
    return found
