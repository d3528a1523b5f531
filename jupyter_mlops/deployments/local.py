"""The target ``local``: scoring servers on this machine, which go on when whoever deployed them ends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import IO, Any

import msgspec

from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.deployments.configs import HOW_TO_TRUST, check_flavor, check_name, read_config
from jupyter_mlops.deployments.local_places import Config, Place, Record, Start, places
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.processes import module_command
from jupyter_mlops.environments.builds import HERE
from jupyter_mlops.errors import AlreadyExists, InvalidState, MlflowException, NotFound, ServerUnreachable, error_named
from jupyter_mlops.registry.uris import version_uri
from jupyter_mlops.serving.clients import ScoringClient, client
from jupyter_mlops.serving.model_environments import environment_variables
from jupyter_mlops.serving.packages import require_server

__all__ = ["LocalDeploymentClient", "run_local", "target_help"]

_ASKING_S = 5.0  # of which model answers, which may be loading
# The server is the child of nobody who waits for it.
_LAUNCH = "import os, sys\nif os.fork() == 0:\n os.setsid()\n os.execv(sys.argv[1], sys.argv[1:])"


class LocalDeploymentClient(BaseDeploymentClient):
    """Deployments of this user on this machine; any process of his may ask, update and delete them.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.linear_model import LinearRegression
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), "model")
    >>> here = mlflow.deployments.get_deploy_client("local")
    >>> here.create_deployment("line", info.model_uri)["status"]
    'running'
    >>> here.predict("line", [[2.0]]).round(6)
    array([5.])
    >>> here.delete_deployment("line")
    """

    def create_deployment(
        self, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None, endpoint: str | None = None
    ) -> dict[str, Any]:
        """Start a server; see `target_help` for what `config` may have.

        Raises
        ------
        AlreadyExists
            There is a deployment of that name, its server alive or not.
        PackageMissing
            The extra ``server`` is not installed.
        MlflowException
            The server did not start; what it said, of the class of what went wrong: `UntrustedModel` for one.
        """
        check_flavor(flavor)
        place, settings = Place(check_name(name)), read_config(config, Config)
        with place.locked() as lock:
            if place.exists():
                raise AlreadyExists(f"A deployment {name!r} is there, though its server has ended: update or delete it.")
            try:
                _start(place, Record(model_uri=_absolute(model_uri), created=now_ms(), config=settings), lock)
            except BaseException:
                lock.close()
                with contextlib.suppress(AlreadyExists), place.locked():
                    place.remove()
                raise
        return self.get_deployment(name)

    def update_deployment(
        self, name: str, model_uri: str | None = None, flavor: str | None = None, config: dict[str, Any] | None = None,
        endpoint: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Exchange the model, which fails no request; for other settings the server is started again at its port, as one that has ended.

        Of several workers each has the new model within a second or two after its loading.

        Raises
        ------
        InvalidState
            The model cannot be loaded: the one of before goes on. What the server said.
        """
        check_flavor(flavor)
        place = Place(check_name(name))
        old = place.read()
        settings = read_config({**msgspec.structs.asdict(old.config), **(config or {})}, Config)
        new = msgspec.structs.replace(old, model_uri=old.model_uri if model_uri is None else _absolute(model_uri), config=settings)
        if place.is_alive() and msgspec.structs.replace(settings, wait=old.config.wait) == old.config:  # how long to wait is not the server's
            _exchange(place, new)
        else:
            _restart(place, _at_its_port(old), new if "port" in (config or {}) else _at_its_port(new))
        return self.get_deployment(name)

    def delete_deployment(self, name: str, config: dict[str, Any] | None = None, endpoint: str | None = None) -> None:
        """End its server and forget it; nothing when there is none of that name."""
        place = Place(check_name(name))
        if place.exists():
            place.stop()
            with place.locked():
                place.remove()

    def list_deployments(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """All of this user on this machine, those whose server has ended too, by name."""
        found = []
        for place in places():
            with contextlib.suppress(NotFound):  # somebody has just removed it
                found.append(_told(place))
        return found

    def get_deployment(self, name: str, endpoint: str | None = None) -> dict[str, Any]:
        """Where it answers, by which model, and whether it does."""
        place = Place(check_name(name))
        told = _told(place)
        if told["status"] == "running":
            with contextlib.suppress(MlflowException), contextlib.closing(client(told["url"], timeout=_ASKING_S)) as asking:  # it may be loading
                told["model"] = asking.model()["model"]
        return told

    def predict(self, deployment_name: str | None = None, inputs: Any = None, endpoint: str | None = None) -> Any:
        """What the model predicts, as `serving.client` gives it. A server that has just begun is waited for, as `create_deployment` does.

        Raises
        ------
        InvalidState
            Its server has ended, or does not load its model.
        """
        place = Place(check_name(deployment_name or endpoint or ""))
        record = place.read()
        if not place.is_alive():
            raise InvalidState(f"The server of deployment {place.name!r} has ended; update_deployment({place.name!r}) starts it again.")
        if not record.url:
            _wait(place, record.config.wait, ScoringClient.is_alive)
            record = place.read()
        with contextlib.closing(client(record.url, timeout=record.config.timeout + 5)) as asking:
            return asking.predict(inputs)


def run_local(target: str, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Deploy on this machine, which is what this target does anyway."""
    return LocalDeploymentClient(target).create_deployment(name, model_uri, flavor, config)


def target_help() -> str:
    """What the target has to be told."""
    return (
        "local: a scoring server on this machine, which goes on when whoever deployed it ends. It listens at 127.0.0.1, where all users\n"
        "of this machine may ask it.\n"
        "Settings: port (0: a free one), workers (1), timeout (60 seconds, of a prediction), follow (false: exchange the model when the\n"
        "alias or stage means another version), trust (false: run code of the model that you have not signed), wait (120 seconds,\n"
        "for the model to load). An update with another model fails no request. After a restart of the machine an update starts it again."
    )


def _start(place: Place, record: Record, lock: IO[bytes]) -> None:
    require_server()
    place.write(record)
    place.name_model(_named(record))
    with open(os.open(place.log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCH, *module_command(sys.executable, "jupyter_mlops.deployments.local_server")],
            stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=[lock.fileno()], env=environment_variables(HERE),
        )  # fmt: skip
        launcher.communicate(msgspec.json.encode(Start(place.name, lock.fileno(), record)))
    lock.close()  # the server alone holds it now
    try:
        _wait(place, record.config.wait, ScoringClient.is_alive)
    except BaseException:
        place.stop()
        raise


def _exchange(place: Place, new: Record) -> None:
    before, wanted = place.named_model(), _named(new)
    said = os.path.getsize(place.log_file)
    place.name_model(wanted)
    try:
        _wait(place, new.config.wait, lambda asking: asking.model()["uri"] == wanted, lambda: " is still " in place.log(said))
    except BaseException:
        place.name_model(before)
        raise
    place.write(msgspec.structs.replace(place.read(), model_uri=new.model_uri, config=new.config))


def _restart(place: Place, old: Record, new: Record) -> None:
    was_alive = place.is_alive()
    place.stop()
    try:
        with place.locked() as lock:
            _start(place, new.afresh(), lock)
    except BaseException:
        with place.locked() as lock:
            if was_alive:
                _start(place, old.afresh(), lock)
            else:
                place.write(old)
        raise


def _wait(place: Place, seconds: float, is_done: Callable[[ScoringClient], bool], has_failed: Callable[[], bool] = lambda: False) -> None:
    until = time.monotonic() + seconds
    while place.is_alive() and not has_failed():
        if url := place.read().url:
            with contextlib.suppress(ServerUnreachable), contextlib.closing(client(url)) as asking:
                if is_done(asking):
                    return
        if time.monotonic() > until:
            raise InvalidState(f"{place.name!r} did not load its model within {seconds:g} s: give it more by config={{'wait': …}}.")
        time.sleep(0.1)
    said = place.log() or "the process ended."
    instead = f" {HOW_TO_TRUST}" if "trust=True" in said else ""
    kind, code = place.read().failure or (InvalidState.__name__, None)
    raise error_named(kind, f"{place.name!r} cannot be served by this model: {said}{instead}", code)


def _at_its_port(record: Record) -> Record:
    port = record.config.port or int(record.url.rpartition(":")[2] or 0)
    return msgspec.structs.replace(record, config=msgspec.structs.replace(record.config, port=port))


def _named(record: Record) -> str:
    return record.model_uri if record.config.follow else version_uri(record.model_uri)


def _absolute(model_uri: str | os.PathLike[str]) -> str:
    return os.path.abspath(model_uri) if os.path.exists(model_uri) else str(model_uri)


def _told(place: Place) -> dict[str, Any]:
    record = place.read()
    status = "ended" if not place.is_alive() else "running" if record.url else "starting"
    return {
        "name": place.name, "status": status, "model_uri": record.model_uri, "flavor": "python_function", "url": record.url,
        "created": record.created, "config": msgspec.structs.asdict(record.config), "log": str(place.log_file),
    }  # fmt: skip
