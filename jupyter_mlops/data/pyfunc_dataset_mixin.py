"""Data sets as inputs and outputs of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

__all__ = ["PyFuncConvertibleDatasetMixin", "PyFuncInputsOutputs"]


@dataclass
class PyFuncInputsOutputs:
    """What a model is given, and what it should answer.

    Attributes
    ----------
    inputs : DataFrame, array or dict of arrays
    outputs : Series, array, dict of arrays or None
        None where the data set has no targets.
    """

    inputs: Any
    outputs: Any = None


class PyFuncConvertibleDatasetMixin(ABC):
    """A data set that a model can be evaluated on."""

    @abstractmethod
    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """The data set as inputs and outputs of a model."""
