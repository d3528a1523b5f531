"""File systems behind URIs: fsspec's drivers, with the settings that MLflow's users know."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from jupyter_mlops.entities.uris import has_credentials, is_wellformed, without_credentials
from jupyter_mlops.entities.variables import (
    BOTO_CLIENT_ADDRESSING_STYLE,
    S3_ENDPOINT_URL,
    S3_IGNORE_TLS,
    S3_UPLOAD_EXTRA_ARGS,
)
from jupyter_mlops.errors import InvalidParameter, PackageMissing, StoreError

__all__ = ["Driver", "check_scheme", "driver_of", "open_filesystem"]

_BLOCK = 16 << 20  # at most two blocks of each of eight files are in memory
_S3_BLOCKS = {"chunksize": _BLOCK, "max_concurrency": 2}
# They read other files of this machine, or wrap another place in a way that has no one name.
_REFUSED = ("file", "local", "dir", "reference", "generic", "cached", "blockcache", "filecache", "simplecache", "zip", "tar",
            "libarchive", "data")  # fmt: skip
_SETTINGS = ("AWS_", "MLFLOW_S3_", "JUPYTER_MLOPS_S3_", "MLFLOW_BOTO_", "JUPYTER_MLOPS_BOTO_", "AZURE_", "GOOGLE_", "FSSPEC_")


class Driver(NamedTuple):
    """How a kind of place is spoken to.

    Attributes
    ----------
    extra : str or None
        Extra of this package that brings it.
    atomic : bool
        Whether a file is there whole or not at all while it is being written.
    blocks : mapping
        Arguments of its ``put_file`` and ``get_file``.
    """

    extra: str | None = None
    atomic: bool = False
    blocks: Mapping[str, Any] = MappingProxyType({})


_DRIVERS = {
    **dict.fromkeys(("s3", "s3a"), Driver("aws", True, _S3_BLOCKS)),
    **dict.fromkeys(("gs", "gcs"), Driver("gcp", True)),
    **dict.fromkeys(("az", "abfs", "abfss"), Driver("azure", True)),
}


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def driver_of(uri: str) -> Driver:
    """What is known of the kind of place that `uri` names."""
    return _DRIVERS.get(_scheme(uri), Driver())


def check_scheme(uri: str) -> None:
    """Find out whether artifacts can be kept at a kind of place, its driver installed or not.

    Raises
    ------
    InvalidParameter
        They cannot.

    Examples
    --------
    >>> check_scheme("s3://bucket/x")
    >>> check_scheme("s4://bucket/x")
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: 's4://bucket/x' is no place of artifacts: give a folder, or a URI such as ...
    """
    from fsspec.registry import known_implementations, registry  # only for remote places

    is_known = any(_scheme(uri) in names for names in (_DRIVERS, known_implementations, registry))
    is_place = is_known and is_wellformed(uri) and "::" not in uri and "://" in uri
    if not is_place or _scheme(uri) in _REFUSED:
        raise InvalidParameter(
            f"{without_credentials(uri)!r} is no place of artifacts: give a folder, or a URI such as 's3://bucket/folder'."
        )


def open_filesystem(uri: str) -> tuple[Any, str]:
    """fsspec's file system for a URI, and the root there as it spells it.

    Raises
    ------
    InvalidParameter
        No kind of place that artifacts can be kept in.
    PackageMissing
        Its driver is not installed.
    """
    if has_credentials(uri):
        raise InvalidParameter(
            f"{without_credentials(uri)!r} was given with a user or password, which would be stored and shown. Give "
            "credentials where the storage's own tools take them, such as AWS_ACCESS_KEY_ID."
        )
    check_scheme(uri)
    settings = tuple(sorted(item for item in os.environ.items() if item[0].startswith(_SETTINGS)))
    host = "/".join(uri.split("/")[:3])
    filesystem = _opened(host, settings, os.getpid())
    return filesystem, filesystem._strip_protocol(uri).rstrip("/")


@functools.lru_cache(maxsize=8)
def _opened(host: str, _settings: tuple[tuple[str, str], ...], _process: int) -> Any:
    """One file system for all calls under the same settings: a notebook may correct them and go on."""
    import fsspec.core  # only for remote places

    _check_driver(host)
    options = _s3_options() if _scheme(host) in ("s3", "s3a") else {}
    try:
        return fsspec.core.url_to_fs(host, skip_instance_cache=True, **options)[0]
    except ValueError as error:  # such as an Azure account that nothing names
        raise InvalidParameter(f"{host!r} cannot be opened: {error}.") from error
    except OSError as error:  # of drivers that connect at once
        raise StoreError(f"{host!r} does not answer: {error}.") from error


def _check_driver(host: str) -> None:
    import fsspec

    extra = driver_of(host).extra
    try:
        fsspec.get_filesystem_class(_scheme(host))
    except (ImportError, ValueError) as error:  # a scheme that its driver itself makes known is not known yet
        how = f'pip install "jupyter-mlops[{extra}]"' if extra else str(error)
        raise PackageMissing(f"Artifacts at {host} need a package that is not installed: {how}") from error


def _s3_options() -> dict[str, Any]:
    options: dict[str, Any] = {}
    if endpoint := S3_ENDPOINT_URL.get():
        options["endpoint_url"] = endpoint
    if S3_IGNORE_TLS.get():
        options["client_kwargs"] = {"verify": False}
    if style := BOTO_CLIENT_ADDRESSING_STYLE.get():
        options["config_kwargs"] = {"s3": {"addressing_style": style}}
    if extra := S3_UPLOAD_EXTRA_ARGS.get():
        options["s3_additional_kwargs"] = extra
    return options
