"""A model as the archive that SageMaker unpacks to ``/opt/ml/model``: the same bytes for the same files."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.models.digests import digest_file, digest_files
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import SIGNATURE_FILE

__all__ = ["FLAVORS", "Archive", "check_flavor", "model_archive", "model_files"]

FLAVORS = ("python_function",)
"""Those that can be deployed."""


class Archive(NamedTuple):
    """Where it lies, the SHA-256 of names and contents in it, and the flavor to serve."""

    path: str
    digest: str
    flavor: str


@contextlib.contextmanager
def model_archive(model_uri: str, flavor: str | None) -> Iterator[Archive]:
    """The archive of a model, which is there inside of ``with``.

    Raises
    ------
    NotFound
        There is no model, or it lacks the flavor.
    InvalidParameter
        The flavor cannot be deployed, or a link leads out of the model's folder.
    """
    with tempfile.TemporaryDirectory(prefix="mlops-") as folder:
        root = model_files(model_uri, folder)
        digests = digest_files(root, (SIGNATURE_FILE,))
        chosen = check_flavor(root, flavor)
        path = os.path.join(folder, "model.tar.gz")
        with open(path, "wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
            for name, digest in sorted(digests.items()):
                _add(tar, os.path.join(root, name), name, digest, os.path.join(folder, "file"))
        yield Archive(path, hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest(), chosen)


def model_files(model_uri: str, folder: str) -> str:
    """The real path of a model's folder: where it lies, or a copy in `folder`."""
    if os.path.isdir(model_uri):
        return os.path.realpath(model_uri)
    return os.path.realpath(download_artifacts(model_uri, dst_path=os.path.join(folder, "model")))


def check_flavor(root: str, flavor: str | None) -> str:
    """The flavor that is served of the model in a folder.

    Raises
    ------
    NotFound
        The model lacks it.
    InvalidParameter
        It cannot be deployed.
    """
    chosen = flavor or FLAVORS[0]
    if chosen not in FLAVORS:
        raise InvalidParameter(f"Flavor {chosen!r} cannot be deployed, only {', '.join(FLAVORS)}.")
    flavors = Model.load(root).flavors
    if chosen not in flavors:
        raise NotFound(f"The model at {root} has no flavor {chosen}: it has {', '.join(flavors) or 'none'}.")
    return chosen


def _add(tar: tarfile.TarFile, path: str, name: str, digest: str, copy: str) -> None:
    shutil.copyfile(path, copy)  # what is packed is what was looked at, whoever writes there meanwhile
    if digest_file(copy) != digest:
        raise InvalidState(f"{path} was changed while it was being packed.")
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = os.path.getsize(copy), 0o644
    with open(copy, "rb") as file:
        tar.addfile(entry, file)
