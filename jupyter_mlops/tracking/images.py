"""Images of a run: files by name, and series over steps."""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.tracking.artifacts import Target, made_file, put_file, target_of
from jupyter_mlops.tracking.values import metric_step, metric_timestamp

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PILImage

__all__ = ["Image", "as_pil", "compressed", "log_image", "put_image", "put_image_step", "series_name"]

LOGGED_IMAGES = "mlflow.loggedImages"
_KEY = re.compile(r"[a-zA-Z0-9_\-./ ]+")
_LONGEST = 256
_SMALL = "+compressed.webp"
_NAME_LENGTH = 255  # bytes that file systems keep


class Image:
    """An image to log in a table, or by `log_image`.

    Parameters
    ----------
    image : PIL image, array of shape (height, width[, 1, 3 or 4]), path, or list of lists
        As `log_image` takes it; a path is opened.

    References
    ----------
    ``mlflow.Image``, whose methods these are.

    Examples
    --------
    >>> import numpy as np
    >>> Image(np.zeros((4, 6), dtype=np.uint8)).size
    (6, 4)
    """

    def __init__(self, image: Any) -> None:
        if isinstance(image, (str, os.PathLike)):
            import PIL.Image  # only where an image is opened

            with PIL.Image.open(image) as opened:
                opened.load()
                self.image = opened.copy()
        else:
            self.image = as_pil(image)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.image.size

    def to_array(self) -> np.ndarray[Any, Any]:
        """Pixels, array of shape (height, width[, channels])."""
        import numpy as np  # only where an array is asked for

        return np.array(self.image)

    def to_list(self) -> list[Any]:
        """Pixels as nested lists."""
        return self.to_array().tolist()  # type: ignore[no-any-return]

    def to_pil(self) -> PILImage:
        """The image of PIL."""
        return self.image

    def save(self, path: str) -> None:
        """Write the image as the kind of file that the suffix of `path` names."""
        self.image.save(path)

    def resize(self, size: tuple[int, int]) -> Image:
        """The image with another width and height."""
        return Image(self.image.resize(size))


def as_pil(image: Any) -> PILImage:
    """An image of PIL from what `log_image` takes.

    Raises
    ------
    TypeError, ValueError
        Not an image, or an array of a shape or range that none has.
    """
    import PIL.Image  # only where images are logged

    if isinstance(image, PIL.Image.Image):
        return image
    if isinstance(image, Image):
        return image.image
    if isinstance(image, list) or hasattr(image, "__array__"):
        return _from_array(image)
    raise TypeError(f"An image is an array, a PIL image or an Image, not {type(image).__name__}.")


def _from_array(image: Any) -> PILImage:
    import numpy as np
    import PIL.Image

    array = np.asarray(image)
    if array.ndim not in (2, 3):
        raise ValueError(f"An image has shape (height, width) or (height, width, channels), not {array.shape}.")
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4):
        raise ValueError(f"An image has 1, 3 or 4 channels, not {array.shape[2]}.")
    pixels = _as_bytes(array)
    return PIL.Image.fromarray(pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)


def _as_bytes(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Values 0 to 255: integers as they are, True as 255, floats of 0 to 1 scaled, other floats from least to greatest."""
    import numpy as np

    kind = array.dtype.kind
    if kind == "b":
        return np.where(array, 255, 0).astype(np.uint8)
    if kind in "iu":
        if array.size and (array.min() < 0 or array.max() > 255):
            raise ValueError(f"Whole numbers of an image are 0 to 255; these are {array.min()} to {array.max()}.")
        return array.astype(np.uint8)
    if kind != "f":
        raise TypeError(f"An image is made of whole numbers, floats or booleans, not {array.dtype}.")
    return _scaled(array)


def _scaled(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import warnings

    import numpy as np

    finite = array[np.isfinite(array)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low < 0 or high > 1:
        warnings.warn(f"Values of an image are 0 to 1; these are {low:g} to {high:g} and are scaled to that.", stacklevel=2)
        array = (array - low) / (high - low if high > low else 1.0)
    pixels: np.ndarray[Any, Any] = np.nan_to_num(np.clip(array, 0, 1), nan=0.0) * 255
    return pixels.astype(np.uint8)


def compressed(image: PILImage) -> PILImage:
    """A small copy whose longest side has 256 pixels."""
    width, height = image.size
    scale = _LONGEST / max(width, height)
    return image.resize((max(1, round(width * scale)), max(1, round(height * scale))))


def put_image(target: Target, image: Any, artifact_file: str) -> None:
    """Keep an image as the kind of file that the suffix names."""
    picture = as_pil(image)
    made_file(target, artifact_file, picture.save)


def series_name(key: Any, step: Any, timestamp: Any) -> str:
    """A new name, without suffix, for an image of a series, as MLflow makes it.

    Raises
    ------
    ValueError
        A key, step or time that a series cannot have.
    """
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValueError(f"A key of images has letters, digits, spaces and _ - . / only, not {key!r}.")
    tail = f"+step+{metric_step(step)}+timestamp+{metric_timestamp(timestamp)}+{new_id()}"
    longest = _NAME_LENGTH - len(tail + _SMALL)
    if len(key) > longest:
        raise ValueError(f"The key of images {key[:40]!r}… has {len(key)} characters; here at most {longest} fit.")
    return key.replace("/", "~") + tail


def put_image_step(target: Target, image: Any, key: str, step: int | None, timestamp: int) -> None:
    """Keep an image of a series, with a small copy beside it, under MLflow's names."""
    name, picture = series_name(key, step, timestamp), as_pil(image)
    with tempfile.TemporaryDirectory() as folder:
        full, small = os.path.join(folder, f"{name}.png"), os.path.join(folder, name + _SMALL)
        picture.save(full)
        compressed(picture).save(small)
        for path in (full, small):
            put_file(target, path, "images")
    store, run_id = target
    store.set_tag(run_id, LOGGED_IMAGES, "True")


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Keep an image with the active run.

    Parameters
    ----------
    image : PIL image, `Image`, or array of shape (height, width[, 1, 3 or 4])
        Whole numbers 0 to 255, floats 0 to 1 (others are scaled, with a warning) or booleans.
    artifact_file : str, optional
        Its file, such as ``"plots/digits.png"``; the suffix says what kind.
    key : str, optional
        Instead of `artifact_file`: the name of a series, kept as ``images/<key>…`` with step and time.
    step : int, default 0
        Of the series.
    timestamp : int, milliseconds since the Unix epoch, UTC
        Of the series; now by default.
    synchronous : bool, optional
        Taken as MLflow's users give it; the image is kept when the call returns.

    Raises
    ------
    TypeError
        Neither or both of `artifact_file` and `key`, a step or time without a series, or something that is no image.
    ValueError
        A shape, range, key, step or time that an image cannot have.

    Examples
    --------
    >>> import jupyter_mlops, numpy as np
    >>> with jupyter_mlops.start_run():
    ...     jupyter_mlops.log_image(np.eye(8), "eye.png")
    ...     jupyter_mlops.log_image(np.eye(8), key="eye", step=1)
    """
    log_image_to(target_of(None), image, artifact_file, key, step, timestamp)


def log_image_to(
    target: Target, image: Any, artifact_file: str | None, key: str | None, step: int | None, timestamp: int | None
) -> None:
    """Keep an image by name or as a step of a series, whichever is meant."""
    if artifact_file is not None:
        if not (key is None and step is None and timestamp is None):
            raise TypeError("log_image() takes either artifact_file=, or key= with step= and timestamp=.")
        put_image(target, image, artifact_file)
    elif key is None:
        raise TypeError("log_image() needs artifact_file=, a file's name, or key=, the name of a series.")
    else:
        put_image_step(target, image, key, step, now_ms() if timestamp is None else timestamp)
