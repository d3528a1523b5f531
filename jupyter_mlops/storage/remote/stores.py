"""A whole store behind a tracking server."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_mlops.entities.runs import RunInfo
from jupyter_mlops.entities.variables import FLUSH_TIMEOUT
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.remote.carriers import OurCarrier, TheirCarrier
from jupyter_mlops.storage.remote.experiments import RemoteExperiments
from jupyter_mlops.storage.remote.files import OutgoingArtifacts
from jupyter_mlops.storage.remote.logged_models import RemoteLoggedModels
from jupyter_mlops.storage.remote.registry import RemoteRegistry
from jupyter_mlops.storage.remote.runs import RemoteRuns
from jupyter_mlops.storage.sync.outboxes import Waiting
from jupyter_mlops.storage.sync.uploaders import Carrier

__all__ = ["RemoteStore"]


class RemoteStore(RemoteExperiments, RemoteLoggedModels, RemoteRuns, RemoteRegistry, Store):
    """Runs and models of a tracking server, ours or any that speaks MLflow's protocol.

    Parameters
    ----------
    uri : str
        Its address, such as ``http://localhost:5000``.

    Notes
    -----
    Making the object asks nothing. What is logged goes to the outbox, in the microseconds of a local store, and from there
    to the server in the background; reads and what changes the registry wait for that, and fail clearly without the server.
    Safe from any thread, process and forked child.

    References
    ----------
    MLflow's REST API, ``https://mlflow.org/docs/latest/rest-api.html``
    """

    def _carrier(self) -> Carrier:
        return (OurCarrier if self.is_ours else TheirCarrier)(self.link, self.outbox)

    def artifacts_to_write(self, info: RunInfo) -> ArtifactStore:
        """Where files of a run are put: they go by the outbox."""
        return OutgoingArtifacts(info.run_id, info.artifact_uri, self.writer, self.outbox, self.uploader)

    def own_places(self) -> list[str]:
        return []

    def last_change(self) -> int:
        return self.peer("last-change", int) if self.is_ours else 0

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until the server has what this process logged, see `Uploader.flush`."""
        return self.uploader.flush(timeout_s)

    def deliver(self, moved: Callable[[int], object] = lambda _: None) -> Waiting:
        """Deliver now what dead processes left and this one logged; returns what waits still.

        `moved` is told of bytes of records that are delivered.

        Raises
        ------
        ServerError
            The server takes nothing now.
        """
        self.uploader.deliver_all(moved)
        self.uploader.flush()
        return self.outbox.waiting()

    def close(self) -> None:
        """Give the server some time to take what was logged; the rest stays in the outbox."""
        self.uploader.close(FLUSH_TIMEOUT.get())
        self.writer.close()
        self._remove_delivered()
        self.link.close()

    def _remove_delivered(self) -> None:
        for path in self.outbox.segments():
            with self.outbox.taken_over(path) as left:
                if left is not None and left.sent >= left.size():
                    left.remove()


