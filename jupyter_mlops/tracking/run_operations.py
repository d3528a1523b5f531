"""Logging that does not wait, as MLflow's users ask for it: here a call is done when it returns, and takes microseconds."""

from __future__ import annotations

from jupyter_mlops.storage.opened import flush

__all__ = ["RunOperations", "flush_artifact_async_logging", "flush_async_logging"]


class RunOperations:
    """What a call with ``synchronous=False`` returns, or any under ``MLFLOW_ENABLE_ASYNC_LOGGING``: it is done already.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     mlflow.log_metric("loss", 0.5, synchronous=False).wait()
    """

    def wait(self) -> None:
        """Nothing to wait for: what was logged was kept when the call returned, and its errors were raised there."""


def flush_async_logging() -> None:
    """Wait until tracking servers have what was logged, see `flush`; nothing to wait for where the store is a file."""
    flush()


def flush_artifact_async_logging() -> None:
    """As `flush_async_logging`."""
    flush()
