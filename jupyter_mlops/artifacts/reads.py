"""Artifacts read into Python."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Any

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.errors import MlflowException

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["load_dict", "load_image", "load_text"]


def _unreadable(uri: str, what: str, error: Exception) -> MlflowException:
    return MlflowException(f"{uri!r} cannot be read as {what}: {error}", "BAD_REQUEST")


def load_text(artifact_uri: str) -> str:
    """A text artifact, UTF-8.

    Raises
    ------
    MlflowException
        It is no text.
    NotFound
        There is none.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            with open(download_artifacts(artifact_uri, dst_path=folder), encoding="utf-8") as file:
                return file.read()
        except (UnicodeDecodeError, IsADirectoryError) as error:
            raise _unreadable(artifact_uri, "text", error) from error


def load_dict(artifact_uri: str) -> Any:
    """A JSON artifact; one that ends in ``.yaml`` or ``.yml`` is read as YAML.

    Raises
    ------
    MlflowException
        It is not JSON.
    NotFound
        There is none.
    """
    text = load_text(artifact_uri)
    if artifact_uri.endswith((".yaml", ".yml")):
        import yaml  # only for YAML

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise _unreadable(artifact_uri, "YAML", error) from error
    try:
        return json.loads(text)
    except ValueError as error:
        raise _unreadable(artifact_uri, "JSON", error) from error


def load_image(artifact_uri: str) -> Image:
    """An image artifact, as an image of PIL.

    Raises
    ------
    MlflowException
        It is no image that PIL knows.
    NotFound
        There is none.
    """
    import PIL.Image  # only where an image is read

    with tempfile.TemporaryDirectory() as folder:
        try:
            with PIL.Image.open(download_artifacts(artifact_uri, dst_path=folder)) as image:
                image.load()
                return image.copy()
        except (OSError, PIL.Image.DecompressionBombError) as error:
            if isinstance(error, MlflowException):
                raise
            raise _unreadable(artifact_uri, "an image", error) from error
