"""Files and folders of data: on this machine, in buckets, among the artifacts of runs."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.entities.uris import is_local, local_path, without_secrets
from jupyter_mlops.errors import InvalidParameter, NotFound

__all__ = ["FILE_SOURCES", "FileSystemDatasetSource", "LocalArtifactDatasetSource"]


class FileSystemDatasetSource(DatasetSource):
    """A file or folder by its URI.

    Attributes
    ----------
    uri : str
        As given. Credentials in it are not stored, and of no use to `load`: storage takes them where its own tools do, such
        as ``AWS_ACCESS_KEY_ID``.
    """

    _scheme: ClassVar[str]

    def __init__(self, uri: str) -> None:
        self._uri = uri

    @property
    def uri(self) -> str:
        """Where the data lies, as it was given."""
        return self._uri

    @classmethod
    def _get_source_type(cls) -> str:  # type: ignore[override]
        return cls._scheme

    def load(self, dst_path: str | None = None) -> str:
        """Copy the data into the folder `dst_path`, by default a temporary one; returns the local path.

        Raises
        ------
        OSError
            There is nothing.
        """
        try:
            return download_artifacts(self._uri, dst_path=dst_path)
        except NotFound as error:
            raise FileNotFoundError(str(error)) from error

    @classmethod
    def _can_resolve(cls, raw_source: Any) -> bool:  # type: ignore[override]
        return isinstance(raw_source, str) and raw_source.startswith(f"{cls._scheme}:/")

    @classmethod
    def _resolve(cls, raw_source: Any) -> FileSystemDatasetSource:
        return cls(os.fspath(raw_source))

    def to_dict(self) -> dict[str, Any]:
        """The URI."""
        return {"uri": without_secrets(self._uri)}

    @classmethod
    def from_dict(cls, source_dict: dict[str, Any]) -> FileSystemDatasetSource:
        """A source from what is stored of it."""
        if not isinstance(uri := source_dict.get("uri"), str):
            raise InvalidParameter(f"The source of a data set by {cls.__name__} needs a 'uri', not {source_dict!r}.")
        return cls(uri)


class LocalArtifactDatasetSource(FileSystemDatasetSource):
    """A file or folder of this machine."""

    _scheme = "local"

    def load(self, dst_path: str | None = None) -> str:
        """The path itself, or that of a copy in the folder `dst_path`.

        Raises
        ------
        OSError
            There is nothing.
        """
        if not os.path.exists(path := local_path(self._uri)):
            raise FileNotFoundError(f"There is no data at {path!r}.")
        return path if dst_path is None else super().load(dst_path)

    @classmethod
    def _can_resolve(cls, raw_source: Any) -> bool:  # type: ignore[override]
        return isinstance(raw_source, os.PathLike) or (isinstance(raw_source, str) and is_local(raw_source))


_NAMES = {
    "S3": ("s3", "s3a"), "R2": ("r2",), "B2": ("b2",), "GCS": ("gs", "gcs"), "AzureBlob": ("wasbs", "wasb", "az"),
    "AzureDataLake": ("abfss", "abfs", "adl"), "FTP": ("ftp",), "SFTP": ("sftp",), "Hdfs": ("hdfs", "viewfs"),
    "Memory": ("memory",), "Dbfs": ("dbfs",), "Mlflow": ("mlflow-artifacts",), "Runs": ("runs",), "Models": ("models",),
}  # fmt: skip


def _source_class(name: str, scheme: str) -> type[FileSystemDatasetSource]:
    body = {"_scheme": scheme, "__doc__": f"A file or folder by a ``{scheme}:`` URI.", "__module__": __name__}
    return type(f"{name}ArtifactDatasetSource", (FileSystemDatasetSource,), body)


FILE_SOURCES: list[type[FileSystemDatasetSource]] = [
    LocalArtifactDatasetSource,
    *(_source_class(name, scheme) for name, schemes in _NAMES.items() for scheme in schemes),
]
