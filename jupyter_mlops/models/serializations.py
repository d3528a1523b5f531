"""Models of Python objects as files: skops, which runs no code, and pickles, which do."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from typing import Any, NamedTuple

from jupyter_mlops.entities.variables import MODEL_COMPAT
from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.models.trust import ModelFolder

__all__ = ["CLOUDPICKLE", "PICKLE", "SKOPS", "Serialized", "deserialize", "serialize"]

CLOUDPICKLE, PICKLE, SKOPS = "cloudpickle", "pickle", "skops"
_FORMATS = (PICKLE, CLOUDPICKLE, SKOPS)


class Serialized(NamedTuple):
    """A model as bytes.

    Attributes
    ----------
    form : str
    content : bytes
    types : list of str
        Those in it that skops does not trust by itself.
    """

    form: str
    content: bytes
    types: list[str]

    @property
    def file_name(self) -> str:
        """Where it is kept in the model's folder."""
        return "model.skops" if self.form == SKOPS else "model.pkl"


def serialize(model: Any, form: str | None, plain_types: Collection[str], try_skops: bool = True) -> Serialized:
    """Turn a model into bytes.

    Parameters
    ----------
    model : Any
    form : str or None
        By default skops when it holds the model with `plain_types` alone, else cloudpickle; always cloudpickle when the
        variable `MODEL_COMPAT` asks for models that MLflow 2.22 reads.
    plain_types : collection of str
        Types that need no trust beside those that skops trusts: making one runs nothing that is in the file.
    try_skops : bool, default True
        False when it is known that skops by itself would not do.

    Raises
    ------
    InvalidParameter
        No such format, or skops was asked for and does not hold the model.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> made = serialize(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), None, ())
    >>> made.form, made.file_name, made.types
    ('skops', 'model.skops', [])
    """
    if form is not None and form not in _FORMATS:
        raise InvalidParameter(f"Unknown serialization_format {form!r}: use one of {', '.join(_FORMATS)}.")
    if form == PICKLE:
        return Serialized(form, pickle.dumps(model), [])
    if form == SKOPS or (form is None and try_skops and MODEL_COMPAT.get() != "2.22"):
        found = _dump_skops(model, plain_types, must=form is not None)
        if found is not None:
            return found
    import cloudpickle  # only when skops does not hold the model

    return Serialized(CLOUDPICKLE, cloudpickle.dumps(model), [])


def _dump_skops(model: Any, plain_types: Collection[str], must: bool) -> Serialized | None:
    import skops.io  # only when a model is saved

    try:
        content = skops.io.dumps(model)
        types = skops.io.get_untrusted_types(data=content)
    except Exception as error:  # the model's own code runs here
        if must:
            raise InvalidParameter(f"skops cannot save this model: {error}") from error
        return None
    return Serialized(SKOPS, content, types) if must or set(types) <= set(plain_types) else None


def deserialize(folder: ModelFolder, path: str, form: str, plain_types: Collection[str]) -> Any:
    """Make a model of a file in its folder.

    Parameters
    ----------
    folder : ModelFolder
    path : str
    form : str
        As ``MLmodel`` says.
    plain_types : collection of str
        As for `serialize`.

    Raises
    ------
    InvalidParameter
        No such format.
    UntrustedModel
        Code would run that nobody vouches for.
    InvalidState
        The file is damaged.
    """
    if form == SKOPS:
        return _load_skops(folder, path, plain_types)
    if form not in _FORMATS:
        raise InvalidParameter(
            f"Unknown serialization_format {form!r} in MLmodel: expected one of {', '.join(_FORMATS)}."
        )
    folder.need_trust(path, form)
    return pickle.loads(folder.read(path))  # noqa: S301 - trusted, and these are the bytes that were verified


def _load_skops(folder: ModelFolder, path: str, plain_types: Collection[str]) -> Any:
    import skops.io  # only when a model is loaded

    content = folder.read(path)
    try:
        types = skops.io.get_untrusted_types(data=content)
    except Exception as error:  # whatever a damaged file makes of it
        raise InvalidState(f"{path!r} of the model at {folder.root} cannot be read as skops: {error}") from error
    if strange := [name for name in types if name not in plain_types]:
        folder.need_trust(path, f"skops, with types that it does not trust: {', '.join(strange)}")
    return skops.io.loads(content, trusted=types)
