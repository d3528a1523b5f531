"""Files that an evaluation leaves, each with its content: one class for each kind, as MLflow has them."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from abc import ABC, abstractmethod
from typing import Any

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.errors import UntrustedModel
from jupyter_mlops.storage.duckdb.tables import read_parquet, write_parquet
from jupyter_mlops.storage.interrupts import whole_import

__all__ = [
    "ARTIFACT_CLASSES", "CLASS_OF_SUFFIX", "CsvEvaluationArtifact", "EvaluationArtifact", "ImageEvaluationArtifact", "JsonEvaluationArtifact",
    "NumpyEvaluationArtifact", "ParquetEvaluationArtifact", "PickleEvaluationArtifact", "TextEvaluationArtifact",
]  # fmt: skip


class EvaluationArtifact(ABC):
    """A file of an evaluation.

    Parameters
    ----------
    uri : str
        Where it lies.
    content : optional
        Read from there when it is asked for, if it is not given.
    """

    def __init__(self, uri: str, content: Any = None) -> None:
        self._uri = uri
        self._content = content

    @abstractmethod
    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        """What the file holds."""

    @abstractmethod
    def _save(self, output_artifact_path: str) -> None:
        """Write the content to a file."""

    def _load(self, local_artifact_path: str | None = None) -> Any:
        if local_artifact_path is not None:
            self._content = self._load_content_from_file(local_artifact_path)
            return self._content
        with tempfile.TemporaryDirectory() as folder:
            return self._load(os.fspath(download_artifacts(artifact_uri=self._uri, dst_path=folder)))

    @property
    def content(self) -> Any:
        """What the file holds."""
        return self._load() if self._content is None else self._content

    @property
    def uri(self) -> str:
        """Where it lies."""
        return self._uri

    def __repr__(self) -> str:
        return f"{type(self).__name__}(uri={self._uri!r})"


class ImageEvaluationArtifact(EvaluationArtifact):
    """An image, as PIL has it."""

    def _save(self, output_artifact_path: str) -> None:
        self.content.save(output_artifact_path)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        from PIL import Image  # only for images

        with Image.open(local_artifact_path) as image:
            image.load()
        return image


class CsvEvaluationArtifact(EvaluationArtifact):
    """A DataFrame, kept as CSV."""

    def _save(self, output_artifact_path: str) -> None:
        self.content.to_csv(output_artifact_path, index=False)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        return whole_import("pandas").read_csv(local_artifact_path)


class ParquetEvaluationArtifact(EvaluationArtifact):
    """A DataFrame, kept as Parquet."""

    def _save(self, output_artifact_path: str) -> None:
        write_parquet(self.content, output_artifact_path)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        return read_parquet(local_artifact_path)


class NumpyEvaluationArtifact(EvaluationArtifact):
    """An array of NumPy."""

    def _save(self, output_artifact_path: str) -> None:
        whole_import("numpy").save(output_artifact_path, self.content, allow_pickle=False)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        return whole_import("numpy").load(local_artifact_path, allow_pickle=False)


class JsonEvaluationArtifact(EvaluationArtifact):
    """What JSON can say."""

    def _save(self, output_artifact_path: str) -> None:
        with open(output_artifact_path, "w", encoding="utf-8") as file:
            json.dump(self.content, file)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        with open(local_artifact_path, encoding="utf-8") as file:
            return json.load(file)


class TextEvaluationArtifact(EvaluationArtifact):
    """Text."""

    def _save(self, output_artifact_path: str) -> None:
        with open(output_artifact_path, "w", encoding="utf-8") as file:
            file.write(self.content)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        with open(local_artifact_path, encoding="utf-8") as file:
            return file.read()


class PickleEvaluationArtifact(EvaluationArtifact):
    """Any object. It is read back only where its file is trusted, as that may run code."""

    trusted = False

    def _save(self, output_artifact_path: str) -> None:
        with open(output_artifact_path, "wb") as file:
            pickle.dump(self.content, file)

    def _load(self, local_artifact_path: str | None = None) -> Any:
        if not self.trusted:
            raise UntrustedModel(
                f"{self.uri!r} is a pickle, which may run code: read it by EvaluationResult.load(path, trust=True) "
                "if you trust whoever wrote it."
            )
        return super()._load(local_artifact_path)

    def _load_content_from_file(self, local_artifact_path: str) -> Any:
        with open(local_artifact_path, "rb") as file:
            return pickle.load(file)  # noqa: S301 - whoever called trusts it


CLASS_OF_SUFFIX: dict[str, type[EvaluationArtifact]] = {
    ".png": ImageEvaluationArtifact, ".jpg": ImageEvaluationArtifact, ".jpeg": ImageEvaluationArtifact,
    ".json": JsonEvaluationArtifact, ".npy": NumpyEvaluationArtifact, ".csv": CsvEvaluationArtifact,
    ".parquet": ParquetEvaluationArtifact, ".txt": TextEvaluationArtifact, ".pickle": PickleEvaluationArtifact,
}  # fmt: skip
ARTIFACT_CLASSES = {kind.__name__: kind for kind in CLASS_OF_SUFFIX.values()}
"""By name: what a saved result may hold."""
