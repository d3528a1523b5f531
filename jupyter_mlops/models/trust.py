"""Model folders that this user vouches for.

Saving signs a folder: HMAC-SHA256, with a key that only this user has, over the paths and SHA-256 digests of every
file in it. What runs code when it is loaded is read only from a folder whose signature verifies, or when the caller
says ``trust=True``; the bytes that are loaded are the bytes that were verified.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextvars import ContextVar

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, InvalidState, NotFound, UntrustedModel
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.locate import data_folder

__all__ = ["SIGNATURE_FILE", "ModelFolder", "sign_folder"]

SIGNATURE_FILE = "jupyter_mlops.signature"
_KEY_FILE = "model_signing.key"
_KEY_BYTES = 32
_trusted: ContextVar[tuple[str, ...]] = ContextVar("trusted", default=())


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
        self._digests = _digest_files(self.root)
        self.signed = _verifies(self.root, self._digests)
        if not self.signed:  # what is signed is whole
            _check_records(self.root, self._digests)

    @property
    def allowed(self) -> bool:
        """Whether its code may run: this folder is vouched for, or it lies in one that is being loaded and is."""
        return self.trust or self.signed or any(self.root.startswith(root + os.sep) for root in _trusted.get())

    @contextlib.contextmanager
    def trusting(self) -> Iterator[None]:
        """While this model is loaded, vouch for models inside of its folder as for itself."""
        if not self.allowed:
            yield
            return
        token = _trusted.set((*_trusted.get(), self.root))
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

    def path(self, inside: str) -> str:
        """Absolute path of a file or folder of the model.

        Raises
        ------
        InvalidParameter
            `inside` leads out of the model's folder.
        NotFound
            There is no such file or folder.
        """
        relative = check_relative_path(str(inside).removesuffix("/"))
        if not self.has(relative) and not self.files(relative):
            raise NotFound(f"There is no file or folder {inside!r} in the model at {self.root}.")
        return os.path.join(self.root, *relative.split("/"))

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
            raise UntrustedModel(f"{path!r} of the model at {self.root} was changed while it was being loaded.")
        return content

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
    digests = _digest_files(os.path.realpath(root))
    signature = {"algorithm": "HMAC-SHA256", "signature": _mac(_own_key(), digests), "version": 1}
    with open(os.path.join(root, SIGNATURE_FILE), "w", encoding="utf-8") as file:
        json.dump(signature, file)


def _verifies(root: str, digests: dict[str, str]) -> bool:
    try:
        with open(os.path.join(root, SIGNATURE_FILE), encoding="utf-8") as file:
            given = json.load(file)["signature"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    key = _existing_key()
    return (
        key is not None and isinstance(given, str) and hmac.compare_digest(_mac(key, digests).encode(), given.encode())
    )


def _mac(key: bytes, digests: dict[str, str]) -> str:
    listing = json.dumps(sorted(digests.items()))  # JSON: no file name can pass for a line of the listing
    return hmac.new(key, listing.encode(), hashlib.sha256).hexdigest()


def _digest_files(root: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder, folders, names in os.walk(root):
        for name in [*names, *(f for f in folders if os.path.islink(os.path.join(folder, f)))]:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, root).replace(os.sep, "/")
            if inside == SIGNATURE_FILE and not os.path.islink(path):
                continue
            if _check_file(root, path, inside):
                with open(path, "rb") as file:
                    found[inside] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _check_file(root: str, path: str, inside: str) -> bool:
    """Whether it is a file to digest; folders that are linked from inside are not."""
    real = os.path.realpath(path)
    if not real.startswith(root + os.sep):
        raise InvalidParameter(f"{inside!r} in the model at {root} is a link that leads out of it, to {real}.")
    mode = os.stat(real).st_mode if os.path.exists(real) else 0
    if os.path.islink(path) and stat.S_ISDIR(mode):
        raise InvalidParameter(f"{inside!r} in the model at {root} is a link to a folder: put the folder there itself.")
    if not stat.S_ISREG(mode):
        raise InvalidParameter(f"{inside!r} in the model at {root} is not a plain file.")
    return True


def _existing_key() -> bytes | None:
    path = os.path.join(data_folder(), _KEY_FILE)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with open(handle, "rb") as file:
        status = os.fstat(file.fileno())
        key = file.read()
    if len(key) != _KEY_BYTES or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise InvalidState(
            f"The key {path} that signs models must be yours alone: {_KEY_BYTES} bytes, mode 0600. Delete it to have "
            "another made; models signed with it will then need trust=True."
        )
    return key


def _own_key() -> bytes:
    if (key := _existing_key()) is not None:
        return key
    os.makedirs(data_folder(), mode=0o700, exist_ok=True)
    path = os.path.join(data_folder(), _KEY_FILE)
    fresh = f"{path}.{secrets.token_hex(8)}"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)  # whole or not at all, and never over another process's key
    os.unlink(fresh)
    made = _existing_key()
    assert made is not None
    return made
