"""Names and settings of deployments, as a caller or the command line gives them."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from jupyter_mlops.errors import InvalidParameter

__all__ = ["HOW_TO_TRUST", "check_flavor", "check_name", "read_config"]

HOW_TO_TRUST = "Of a deployment that is config={'trust': True}, or -C trust=true."

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)  # as SageMaker has it, and good for files


def check_name(name: str) -> str:
    """The name of a deployment, if it can be one.

    Raises
    ------
    InvalidParameter
        It cannot.

    Examples
    --------
    >>> check_name("wine-2")
    'wine-2'
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidParameter(f"A deployment is called by 1 to 63 letters, digits and hyphens between them, not {name!r}.")
    return name


def check_flavor(flavor: str | None) -> str:
    """The flavor that is served, which is ``python_function``.

    Raises
    ------
    InvalidParameter
        Another one is asked for.
    """
    if flavor not in (None, "python_function"):
        raise InvalidParameter(f"Models are served by their flavor python_function, not {flavor!r}: leave flavor= away.")
    return "python_function"


def read_config(config: dict[str, Any] | None, kind: type[T]) -> T:
    """Settings as a record of that kind; texts, as the command line has them, are read.

    Raises
    ------
    InvalidParameter
        One is not known, or is no such value; the message says which.

    Examples
    --------
    >>> class Size(msgspec.Struct, forbid_unknown_fields=True):
    ...     rows: int = 1
    >>> read_config({"rows": "3"}, Size)
    Size(rows=3)
    """
    try:
        return msgspec.convert(config or {}, kind, strict=False)
    except msgspec.ValidationError as error:
        known = ", ".join(field.name for field in msgspec.structs.fields(kind))  # type: ignore[arg-type]
        raise InvalidParameter(f"config: {error}. Settings are {known}.") from error
