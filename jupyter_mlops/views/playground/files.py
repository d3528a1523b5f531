"""Files that stand for a field, or for many rows: ``.npy`` arrays, images as arrays, and plain bytes."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.columns import TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MOST_BYTES", "decode", "read_array", "read_npy", "summary"]

MOST_BYTES = 5_000_000  # as base64 that is still less than the 10 MB that a Jupyter server passes on
_MOST_PIXELS = 25_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # Pillow starts Ghostscript for others
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def decode(data: Any) -> bytes:
    """The bytes of base64 text, at most 5 MB.

    Raises
    ------
    InvalidParameter
        More, or it is none.
    """
    if not isinstance(data, str) or len(data) > MOST_BYTES * 4 // 3 + 4:
        raise InvalidParameter(
            f"A file on the page may have {MOST_BYTES // 1_000_000} MB; set w.values in Python instead."
        )
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as error:
        raise InvalidParameter(f"The file did not arrive whole: {error}.") from None


def read_npy(content: bytes) -> np.ndarray:
    """The array of a ``.npy`` file; pickled objects are refused.

    Raises
    ------
    InvalidParameter
        It is none.
    """
    import numpy as np  # only for arrays

    if not content.startswith(b"\x93NUMPY"):
        raise InvalidParameter("This is no .npy file: write one with numpy.save().")
    try:
        array = np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
    except Exception as error:  # whatever numpy makes of a stranger's file
        raise InvalidParameter(f"The .npy file cannot be read: {str(error)[:200]}") from None
    if array.size > len(content):  # elements without a byte, which become many when they are numbers
        raise InvalidParameter(f"The .npy file cannot be read: its {array.size} elements are empty.")
    return array


def read_array(spec: TensorSpec, content: bytes, like: np.ndarray | None = None) -> np.ndarray:
    """One row for a tensor, of a ``.npy`` file or an image.

    Parameters
    ----------
    spec : TensorSpec
    content : bytes
    like : ndarray, optional
        An example: pixels are scaled to its range.

    Raises
    ------
    InvalidParameter
        It is neither, or does not fit.
    """
    if content.startswith(b"\x93NUMPY"):
        array = read_npy(content)
        wanted = spec.shape[1:] if spec.shape and spec.shape[0] == -1 else None
        if wanted is not None and array.ndim == len(wanted):
            array = array[None]  # one row without the axis of rows
        return _cast(array, spec)
    return _cast(_image(spec, content, like), spec)


def _cast(array: np.ndarray, spec: TensorSpec) -> np.ndarray:
    import numpy as np  # only for arrays

    fits = len(array.shape) == len(spec.shape) and all(
        w in (-1, n) for w, n in zip(spec.shape, array.shape, strict=True)
    )
    if not fits:
        raise InvalidParameter(f"The model takes the shape {tuple(spec.shape)}; this has {array.shape}.")
    if not np.can_cast(array.dtype, spec.type, "same_kind") and array.dtype.kind not in "iu":
        raise InvalidParameter(f"The model takes {spec.type.name}; this is {array.dtype.name}.")
    return array.astype(spec.type)


def _image(spec: TensorSpec, content: bytes, like: np.ndarray | None) -> np.ndarray:
    import numpy as np  # only for images
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            _check_pixels("The image has", opened.width * opened.height)
            height, width, channels, first = _geometry(spec.shape, opened.height, opened.width, len(opened.getbands()))
            _check_pixels("The model takes", height * width)
            read = np.asarray(
                opened.convert(_MODES[channels]).resize((width, height)), np.result_type(spec.type, "float32")
            )
    except InvalidParameter:
        raise
    except Exception as error:  # whatever Pillow makes of a stranger's file
        raise InvalidParameter(
            f"This is neither a .npy file nor an image: {str(error).partition(' <')[0][:200]}"
        ) from None
    pixels: np.ndarray = read.reshape(height, width, channels)
    most = 255.0 if spec.type.kind in "iu" else 1.0
    if like is not None and like.size:
        most = float(like.max()) or most
    pixels = pixels.transpose(2, 0, 1) if first else pixels
    pixels = np.multiply(pixels, most / 255, dtype=pixels.dtype)
    pixels = pixels.round() if spec.type.kind in "iu" else pixels
    return pixels.reshape(1, *_shape(pixels, len(spec.shape) - 1)).astype(spec.type)


def _check_pixels(subject: str, count: int) -> None:
    if count > _MOST_PIXELS:
        most = f"{_MOST_PIXELS // 1_000_000} million pixels"
        raise InvalidParameter(f"{subject} more than {most}: set an array in w.values in Python instead.")


def _shape(pixels: np.ndarray, rank: int) -> tuple[int, ...]:
    return pixels.shape if rank == 3 else pixels.shape[:2] if rank == 2 else (pixels.size,)


def _geometry(shape: Sequence[int], height: int, width: int, bands: int) -> tuple[int, int, int, bool]:
    """Height, width, channels, and whether these come first.

    Examples
    --------
    >>> _geometry((-1, 3, 224, 224), 10, 10, 4), _geometry((-1, 28, 28), 10, 10, 3), _geometry((-1, 64), 10, 10, 3)
    ((224, 224, 3, True), (28, 28, 1, False), (8, 8, 1, False))
    """
    rest = list(shape[1:])
    if len(rest) == 1 and math.isqrt(rest[0]) ** 2 == rest[0]:
        return math.isqrt(rest[0]), math.isqrt(rest[0]), 1, False
    if len(rest) == 2:
        return _or(rest[0], height), _or(rest[1], width), 1, False
    if len(rest) == 3:
        first = rest[0] in _MODES and rest[2] not in _MODES
        channels, sizes = (rest[0], rest[1:]) if first else (rest[2], rest[:2])
        channels = channels if channels in _MODES else (bands if channels == -1 and bands in _MODES else 3)
        return _or(sizes[0], height), _or(sizes[1], width), channels, first
    raise InvalidParameter(f"An image does not fit the shape {tuple(shape)}: give a .npy file.")


def _or(size: int, otherwise: int) -> int:
    return otherwise if size == -1 else size


def summary(name: str, given: Any) -> dict[str, Any]:
    """What a form shows of a file.

    Examples
    --------
    >>> summary("a.bin", b"123")
    {'file': 'a.bin', 'bytes': 3}
    """
    if isinstance(given, bytes):
        return {"file": str(name)[:200], "bytes": len(given)}
    return {"file": str(name)[:200], "shape": list(given.shape), "dtype": given.dtype.name}
