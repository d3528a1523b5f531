"""Model folders that this user vouches for.

Saving signs a folder: HMAC-SHA256, with a key that only this user has, over the paths and SHA-256 digests of every
file in it. What runs code when it is loaded is read only from a folder whose signature verifies, or when the caller
says ``trust=True``; the bytes that are loaded are the bytes that were verified, also by code that reads files itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextvars import ContextVar

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import ArtifactCorrupt, NotFound, UntrustedModel
from jupyter_mlops.models.digests import digest_file, digest_files
from jupyter_mlops.models.private_copies import is_ours_alone, private_copy
from jupyter_mlops.models.signing_keys import existing_key, own_key
from jupyter_mlops.registry.uris import REGISTERED_MODEL_META
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore

__all__ = ["SIGNATURE_FILE", "ModelFolder", "sign_folder", "vouching_for"]

SIGNATURE_FILE = "jupyter_mlops.signature"
_UNSIGNED = (SIGNATURE_FILE, REGISTERED_MODEL_META)  # the second one comes into copies, and nothing is read from it
_trusted: ContextVar[tuple[ModelFolder, ...]] = ContextVar("trusted", default=())
_vouched: ContextVar[Collection[str]] = ContextVar("vouched", default=())


@contextlib.contextmanager
def vouching_for(fingerprints: Collection[str]) -> Iterator[None]:
    """Meanwhile vouch for the folders that have exactly these files, see `ModelFolder.fingerprint`."""
    token = _vouched.set(fingerprints)
    try:
        yield
    finally:
        _vouched.reset(token)


class ModelFolder:
    """A model's folder, every file of it digested when this is made.

    Parameters
    ----------
    root : str
    trust : bool
        Whether the caller vouches for the folder.

    Attributes
    ----------
    signed : bool
        This user signed exactly these files.

    Raises
    ------
    InvalidParameter
        A link leads out of the folder, or something in it is no file.
    ArtifactCorrupt
        A file is not what was logged to the run whose artifacts these are.
    """

    def __init__(self, root: str, trust: bool = False) -> None:
        self.root = os.path.realpath(root)
        self.trust = trust
        self._place = self.root  # of what code reads itself
        self._digests = digest_files(self.root, _UNSIGNED)
        self.signed = _verifies(self.root, self._digests)
        if not self.signed:  # what is signed is whole
            _check_records(self.root, self._digests)

    @property
    def allowed(self) -> bool:
        """Whether its code may run: this folder is vouched for, or it lies in one that is being loaded and is."""
        is_known = self.trust or self.signed or any(outer.holds(self.root) for outer in _trusted.get())
        return is_known or self.fingerprint in _vouched.get()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all names and contents in it, in hex: another one as soon as a byte is another."""
        return hashlib.sha256(_listing(self._digests)).hexdigest()

    def holds(self, root: str) -> bool:
        """Whether a folder lies in this one, as code that came with it knows it."""
        return f"{root}{os.sep}".startswith(self._place + os.sep)

    @contextlib.contextmanager
    def trusting(self) -> Iterator[None]:
        """While this model is loaded, vouch for models inside of its folder as for itself."""
        if not self.allowed:
            yield
            return
        token = _trusted.set((*_trusted.get(), self))
        try:
            yield
        finally:
            _trusted.reset(token)

    def files(self, below: str) -> list[str]:
        """Paths of the files below a folder of the model."""
        return [path for path in self._digests if path.startswith(below.rstrip("/") + "/")]

    def has(self, path: str) -> bool:
        """Whether there is that file."""
        return path in self._digests

    def digest(self, path: str) -> str:
        """SHA-256 of a file, in hex."""
        return self._digests[path]

    def path(self, inside: str | None = None) -> str:
        """Absolute path of a file or folder of the model, or of all of it, for code that reads files itself.

        Where others could change them after they were verified, it is in a private copy of the folder.

        Raises
        ------
        InvalidParameter
            `inside` leads out of the model's folder.
        NotFound
            There is no such file or folder.
        UntrustedModel
            It was changed in between.
        """
        if inside is not None:
            self.within(inside)
        if self.allowed and not is_ours_alone(self.root, self._digests):
            self._place = os.path.realpath(private_copy(self._digests, self.copy))
            if self.signed:
                _sign(self._place, self._digests)
        return os.path.normpath(os.path.join(self._place, inside or ""))

    def within(self, inside: str) -> dict[str, str]:
        """Paths and digests of a file, or of the files below a folder.

        Raises
        ------
        InvalidParameter
            `inside` leads out of the model's folder.
        NotFound
            There is no such file or folder.
        """
        relative = check_relative_path(inside.removesuffix("/"))
        found = {path: digest for path, digest in self._digests.items() if f"{path}/".startswith(f"{relative}/")}
        if not found:
            raise NotFound(f"There is no file or folder {inside!r} in the model at {self.root}.")
        return found

    def copy(self, path: str, target: str) -> None:
        """Copy a file, the same that was digested.

        Raises
        ------
        UntrustedModel
            It was changed in between.
        """
        shutil.copy(os.path.join(self.root, path), target)
        if digest_file(target) != self._digests[path]:
            raise self._changed(path)

    def read(self, path: str) -> bytes:
        """Content of a file, the same that was digested.

        Raises
        ------
        InvalidParameter
            `path` leads out of the model's folder.
        NotFound
            There is no such file.
        UntrustedModel
            It was changed in between.
        """
        path = check_relative_path(path)
        if path not in self._digests:
            raise NotFound(f"There is no file {path!r} in the model at {self.root}.")
        with open(os.path.join(self.root, path), "rb") as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != self._digests[path]:
            raise self._changed(path)
        return content

    def _changed(self, path: str) -> UntrustedModel:
        return UntrustedModel(f"{path!r} of the model at {self.root} was changed while it was being loaded.")

    def copy_to(self, place: str) -> None:
        """Copy all files, the same that were digested; the signature, which holds for this user alone, stays."""
        for path in self._digests:
            target = os.path.join(place, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            self.copy(path, target)

    def sign_changes(self, place: str) -> None:
        """Write to a folder the signature of this one as it was verified, but with the files that are there as they are there."""
        _sign(place, {**self._digests, **{name: digest_file(os.path.join(place, name)) for name in os.listdir(place)}})

    def need_trust(self, path: str, what: str) -> None:
        """Stop before code runs that nobody vouches for.

        Parameters
        ----------
        path : str
            The file that would run.
        what : str
            Its format.

        Raises
        ------
        UntrustedModel
            Neither signed by this user nor allowed by the caller.
        """
        if self.allowed:
            return
        has_signature = os.path.exists(os.path.join(self.root, SIGNATURE_FILE))
        why = "its signature is not yours, or files were changed since" if has_signature else "it is not signed"
        raise UntrustedModel(
            f"Loading {path!r} ({what}) of the model at {self.root} can run any code, and {why}. "
            "If you know where it comes from, allow it with load_model(..., trust=True)."
        )


def _check_records(root: str, digests: dict[str, str]) -> None:
    recorded = LocalArtifactStore(root).digests()
    for path, digest in digests.items():
        if not recorded.agree(path, digest):
            raise ArtifactCorrupt(path, root)


def sign_folder(root: str) -> None:
    """Sign all files of a folder for this user; the signature is a file beside them."""
    _sign(root, digest_files(os.path.realpath(root), _UNSIGNED))


def _sign(root: str, digests: dict[str, str]) -> None:
    signature = {"algorithm": "HMAC-SHA256", "signature": _mac(own_key(), digests), "version": 1}
    with open(os.path.join(root, SIGNATURE_FILE), "w", encoding="utf-8") as file:
        json.dump(signature, file)


def _verifies(root: str, digests: dict[str, str]) -> bool:
    try:
        with open(os.path.join(root, SIGNATURE_FILE), encoding="utf-8") as file:
            given = json.load(file)["signature"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    key = existing_key()
    return (
        key is not None and isinstance(given, str) and hmac.compare_digest(_mac(key, digests).encode(), given.encode())
    )


def _mac(key: bytes, digests: dict[str, str]) -> str:
    return hmac.new(key, _listing(digests), hashlib.sha256).hexdigest()


def _listing(digests: dict[str, str]) -> bytes:
    return json.dumps(sorted(digests.items())).encode()  # JSON: no file name can pass for a line of the listing
