"""Trust: a model whose loading runs code is loaded only when this user saved it, or says so.

Saving writes ``jupyter_mlops.sig`` into the folder: an HMAC, by a key that only this user can read, over the digest of every
file. Loading reads each file once, and what is checked is what is loaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets

import msgspec

from jupyter_mlops.errors import InvalidParameter, UntrustedModel
from jupyter_mlops.storage.locate import data_folder

__all__ = ["SIGNATURE", "read_trusted", "sign_folder"]

SIGNATURE = "jupyter_mlops.sig"
_ADDED_LATER = {SIGNATURE, "registered_model_meta"}


def _key() -> bytes:
    """This user's key, made on the first call."""
    path = os.path.join(data_folder(), "model_key")
    with contextlib.suppress(FileExistsError):
        os.makedirs(data_folder(), mode=0o700, exist_ok=True)
        fresh = f"{path}.{os.getpid()}.{secrets.token_hex(4)}"
        if not os.path.exists(path):
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
            try:
                os.link(fresh, path)  # the first of several wins, and nobody ever reads half a key
            finally:
                os.unlink(fresh)
    with open(path, "rb") as file:
        return file.read()


def _digests(folder: str, known: dict[str, bytes]) -> dict[str, str]:
    """SHA-256 of every file, by its path in the folder; of those in `known` by the bytes given."""
    found = {}
    for place, folders, names in os.walk(folder):
        for name in [*names, *(f for f in folders if os.path.islink(os.path.join(place, f)))]:
            path = os.path.join(place, name)
            inside = os.path.relpath(path, folder)
            if os.path.islink(path):
                raise InvalidParameter(f"The model's folder holds a symbolic link, {inside!r}; models hold files only.")
            if inside in _ADDED_LATER:
                continue
            if inside in known:
                found[inside] = hashlib.sha256(known[inside]).hexdigest()
            else:
                with open(path, "rb") as file:
                    found[inside] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _seal(digests: dict[str, str]) -> str:
    listing = msgspec.json.encode(sorted(digests.items()))
    return hmac.new(_key(), listing, hashlib.sha256).hexdigest()


def sign_folder(folder: str) -> None:
    """Sign a model's folder as this user's own. Call it when all files are written."""
    with open(os.path.join(folder, SIGNATURE), "w", encoding="ascii") as file:
        file.write(_seal(_digests(folder, {})))


def read_trusted(folder: str, name: str, what: str, *, trust: bool) -> bytes:
    """Bytes of a file whose loading runs code, if this user signed the folder with just these bytes.

    Parameters
    ----------
    folder : str
    name : str
        Path of the file in the folder.
    what : str
        What would run, for the error: ``"cloudpickle"``.
    trust : bool
        Whether the caller vouches for it.

    Raises
    ------
    UntrustedModel
        The folder is not signed by this user, or was changed since.
    """
    path = os.path.join(folder, name)
    if os.path.realpath(path) != os.path.join(os.path.realpath(folder), os.path.normpath(name)):
        raise InvalidParameter(f"The model's file {name!r} leads out of its folder.")
    with open(path, "rb") as file:
        data = file.read()
    if trust or _is_signed(folder, {os.path.normpath(name): data}):
        return data
    raise UntrustedModel(
        f"Loading {path} ({what}) can run any code that is in it, and you did not save this model here, or it was changed "
        "since. If you trust where it comes from, load it with trust=True."
    )


def _is_signed(folder: str, known: dict[str, bytes]) -> bool:
    try:
        with open(os.path.join(folder, SIGNATURE), encoding="ascii") as file:
            seal = file.read(200)
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    return hmac.compare_digest(seal.strip().encode(), _seal(_digests(folder, known)).encode())
