"""Digests of data: eight characters that change when the data does, and are MLflow's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["md5_digest", "numpy_digest", "pandas_digest"]

_ROWS = 10_000


def md5_digest(elements: Iterable[Any]) -> str:
    """Digest of bytes and arrays, one after the other."""
    md5 = hashlib.md5(usedforsecurity=False)
    for element in elements:
        md5.update(element)
    return md5.hexdigest()[:8]


def pandas_digest(frame: pd.DataFrame) -> str:
    """Digest of a DataFrame: its first 10,000 rows with their index, its length and its columns' names.

    Of the values, only columns of numbers and columns of nothing but text count.

    Examples
    --------
    >>> import pandas as pd
    >>> pandas_digest(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))
    '695389ac'
    """
    import numpy as np
    import pandas as pd

    head = frame.head(_ROWS)
    texts = head.columns[[_is_text(frame, place, dtype) for place, dtype in enumerate(frame.dtypes)]]
    known = head[texts.union(head.select_dtypes(include=[np.number]).columns)]
    names = [str(name).encode() for name in frame.columns]
    return md5_digest([pd.util.hash_pandas_object(known).values, np.int64(len(frame)), *names])


def _is_text(frame: pd.DataFrame, place: int, dtype: Any) -> bool:
    """Whether every value of a column is a str."""
    if dtype.kind in "biufcmM":  # by far the most, and looking at each value takes seconds a million
        return not len(frame)
    column = frame.iloc[:, place]
    if str(dtype) in ("str", "string"):
        return not column.isna().any()
    return all(type(value) is str for value in column)


def numpy_digest(features: Any, targets: Any = None) -> str:
    """Digest of arrays or dicts of arrays: the first 10,000 values of each, and its shape.

    Examples
    --------
    >>> import numpy as np
    >>> numpy_digest(np.arange(6).reshape(2, 3)), numpy_digest(np.arange(6).reshape(3, 2))
    ('bade85fd', '92a7ac9c')
    """
    elements: list[Any] = []
    for part in (features, targets):
        if isinstance(part, dict):
            elements += [element for key in sorted(part) for element in _of_array(part[key])]
        elif part is not None:
            elements += _of_array(part)
    return md5_digest(elements)


def _of_array(array: np.ndarray[Any, Any]) -> list[Any]:
    import numpy as np

    head = np.asarray(array.flat[:_ROWS])
    return [hashed(head), *map(np.int64, array.shape)]


def hashed(values: np.ndarray[Any, Any]) -> Any:
    """Hashes of the values of a flat array, else how many they are."""
    import numpy as np
    import pandas as pd

    try:
        return pd.util.hash_array(values)
    except TypeError:  # structured values, and others that no hash is known for
        return np.int64(values.size)
