"""The scalar types of columns and params."""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Any

from jupyter_mlops.errors import MlflowException

__all__ = ["DataType", "data_type_of"]

_NUMPY = {
    "boolean": "bool", "integer": "int32", "long": "int64", "float": "float32", "double": "float64", "string": "str",
    "binary": "bytes", "datetime": "datetime64[ns]",
}  # fmt: skip
_PYTHON = {
    "boolean": bool, "integer": int, "long": int, "float": float, "double": float, "string": str, "binary": bytes,
    "datetime": datetime.date,
}  # fmt: skip


class DataType(Enum):
    """A scalar type by MLflow's name.

    Examples
    --------
    >>> DataType["long"], DataType.double.to_numpy()
    (long, dtype('float64'))
    """

    boolean = 1
    integer = 2
    long = 3
    float = 4
    double = 5
    string = 6
    binary = 7
    datetime = 8

    def __repr__(self) -> str:
        return self.name

    def to_numpy(self) -> Any:
        """The NumPy dtype."""
        import numpy as np  # only when data is looked at

        return np.dtype(_NUMPY[self.name])

    def to_pandas(self) -> Any:
        """The dtype of a pandas column: that of NumPy, ``object`` for text and bytes."""
        import numpy as np  # only when data is looked at

        return np.dtype("object") if self in (DataType.string, DataType.binary) else self.to_numpy()

    def to_python(self) -> type:
        """The Python type."""
        return _PYTHON[self.name]


def data_type_of(dtype: Any) -> DataType:
    """The scalar type that a NumPy or pandas dtype is kept as.

    Raises
    ------
    MlflowException
        There is none, as for ``uint64``, whose values no type holds.

    Examples
    --------
    >>> import numpy as np
    >>> data_type_of(np.dtype("int16")), data_type_of(np.dtype("float64"))
    (integer, double)
    """
    kind, size = getattr(dtype, "kind", "?"), getattr(dtype, "itemsize", 0)
    if kind in "iu" and size <= (4 if kind == "i" else 2):
        return DataType.integer
    if (kind, size) in (("i", 8), ("u", 4)):
        return DataType.long
    if kind == "f" and size <= 8:
        return DataType.float if size <= 4 else DataType.double
    if str(dtype) in ("category", "string", "str") or kind == "U":
        return DataType.string
    plain = {"b": DataType.boolean, "S": DataType.binary, "M": DataType.datetime}
    if kind in plain:
        return plain[kind]
    raise MlflowException(f"No column type holds values of dtype {dtype}: convert them before inferring a schema.")
