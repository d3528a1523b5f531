"""The target ``docker``: containers on this machine, whose labels say what they are."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from typing import Annotated, Any

import msgspec

from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.deployments.configs import HOW_TO_TRUST, check_flavor, check_name, read_config
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.environments.engines import find_engine
from jupyter_mlops.errors import (
    AlreadyExists,
    InvalidParameter,
    InvalidState,
    MlflowException,
    NotFound,
    UntrustedModel,
)
from jupyter_mlops.serving.clients import client
from jupyter_mlops.serving.dockerfiles import PORT
from jupyter_mlops.serving.images import build_docker

__all__ = ["DockerDeploymentClient", "run_local", "target_help"]

_LABEL = "jupyter_mlops.deployment"
_BEFORE = ".before"  # behind the name of a container that is being replaced; no name of a deployment has a dot
_URI = "jupyter_mlops.model_uri"
_CONFIG = "jupyter_mlops.config"
_INSIDE = f"{PORT}/tcp"
_ENDED = ("exited", "dead", "stopped")


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a deployment: the port on this machine, and what its image is made of."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    base_image: str | None = None
    trust: bool = False
    wait: Annotated[float, msgspec.Meta(gt=0, le=1e9)] = 120.0


class DockerDeploymentClient(BaseDeploymentClient):
    """Deployments that the engine of this machine runs, docker or podman: they go on after a restart of the engine."""

    def __init__(self, target_uri: str) -> None:
        super().__init__(target_uri)
        self._engine = find_engine("The target docker")

    def create_deployment(
        self, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None, endpoint: str | None = None
    ) -> dict[str, Any]:
        """Build an image with the model in it, and run it; see `target_help` for what `config` may have.

        Raises
        ------
        AlreadyExists
            There is a deployment of that name.
        InvalidState
            The container does not answer; what it said. It is removed.
        """
        check_flavor(flavor)
        settings = read_config(config, Config)
        if self._found(_checked(name)):
            raise AlreadyExists(f"A deployment {name!r} is there: update or delete it, or choose another name.")
        self._start(name, model_uri, self._build(name, model_uri, settings), settings, settings.port)
        return self.get_deployment(name)

    def update_deployment(
        self, name: str, model_uri: str | None = None, flavor: str | None = None, config: dict[str, Any] | None = None,
        endpoint: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Build an image with another model, and put its container in the place of the old one, which is back if that fails.

        For the time that the new one takes to load nobody answers.
        """
        check_flavor(flavor)
        old = self.get_deployment(name)
        settings = read_config({**old["config"], **(config or {})}, Config)
        uri, place = model_uri or old["model_uri"], f"{_container(name)}{_BEFORE}"
        image = self._build(name, uri, settings)
        self._call("rename", _container(name), place)
        try:
            self._call("stop", place)
            self._start(name, uri, image, settings, settings.port or int(old["url"].rpartition(":")[2] or 0))
        except BaseException:
            self._call("rename", place, _container(name))
            self._call("start", _container(name))
            with contextlib.suppress(MlflowException):  # what failed is told, not what comes of that
                self._wait(name, settings.wait)
            raise
        self._remove(place)
        return self.get_deployment(name)

    def delete_deployment(self, name: str, config: dict[str, Any] | None = None, endpoint: str | None = None) -> None:
        """Remove its container and image; nothing when there is none of that name."""
        for one in self._found(_checked(name), with_replaced=True):
            self._remove(one["Id"])

    def list_deployments(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """All that the engine has, those that have ended too, by name."""
        return sorted((_told(one) for one in self._found()), key=lambda told: str(told["name"]))

    def get_deployment(self, name: str, endpoint: str | None = None) -> dict[str, Any]:
        """Where it answers, by which model, and whether it does.

        Raises
        ------
        NotFound
            There is none of that name.
        """
        found = self._found(_checked(name))
        if not found:
            raise NotFound(f"{self._engine} has no deployment {name!r}: list_deployments(), or `jupyter mlops deployments list -t docker`, tells which there are.")
        return _told(found[0])

    def predict(self, deployment_name: str | None = None, inputs: Any = None, endpoint: str | None = None) -> Any:
        """What the model predicts, as `serving.client` gives it. A container that loads its model is waited for.

        Raises
        ------
        InvalidState
            Its container does not run, or does not load its model.
        """
        told = self.get_deployment(deployment_name or endpoint or "")
        if told["status"] != "running":
            raise InvalidState(f"The container of deployment {told['name']!r} is {told['status']}; an update starts it again.")
        if not _answers(told["url"]):
            self._wait(told["name"], read_config(told["config"], Config).wait)
        with contextlib.closing(client(told["url"])) as asking:
            return asking.predict(inputs)

    def _build(self, name: str, model_uri: str, settings: Config) -> str:
        image = f"mlops-deployment/{name}"
        try:
            build_docker(model_uri, image, base_image=settings.base_image, trust=settings.trust)
        except UntrustedModel as error:
            raise UntrustedModel(f"{error} {HOW_TO_TRUST}") from error
        return image

    def _start(self, name: str, model_uri: str, image: str, settings: Config, port: int) -> None:
        uri = os.path.abspath(model_uri) if os.path.exists(model_uri) else without_secrets(model_uri)
        labels = [f"--label={key}={value}" for key, value in {_LABEL: name, _URI: uri, _CONFIG: msgspec.json.encode(settings).decode()}.items()]
        place, asked = f"127.0.0.1:{port or ''}:{PORT}", ["--allowed-hosts", "localhost"]  # a page in a browser has another name for it
        container = ""  # one of that name that somebody else has made meanwhile is not ours to remove
        try:
            container = self._call("create", "--name", _container(name), *labels, "--restart", "unless-stopped", "--publish", place, image, *asked).strip()
            self._call("start", container)
            self._wait(name, settings.wait)
        except BaseException:
            with contextlib.suppress(MlflowException):
                if container:
                    self._remove(container)
                else:
                    self._call("rmi", image)
            raise

    def _remove(self, container: str) -> None:
        image = self._call("inspect", "--format", "{{.Image}}", container).strip()
        self._call("rm", "--force", container)
        with contextlib.suppress(MlflowException):  # another container has it
            self._call("rmi", image)

    def _wait(self, name: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            (one,) = self._found(name)
            told = _told(one)
            if told["url"] and _answers(told["url"]):
                return
            if told["status"] in _ENDED or one.get("RestartCount"):  # it would fail again
                break
            time.sleep(0.2)
        raise InvalidState(f"{name!r} does not answer: {self._call('logs', '--tail', '20', _container(name)).strip() or 'its container says nothing.'}")

    def _found(self, name: str | None = None, *, with_replaced: bool = False) -> list[dict[str, Any]]:
        """What the engine tells of its containers of deployments."""
        wanted = _LABEL if name is None else f"{_LABEL}={name}"
        ids = self._call("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={wanted}").split()
        found = msgspec.json.decode(self._call("inspect", "--type", "container", *ids)) if ids else []
        return [one for one in found if with_replaced or not str(one["Name"]).endswith(_BEFORE)]

    def _call(self, *arguments: str) -> str:
        done = subprocess.run([self._engine, *arguments], capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise MlflowException(f"`{self._engine} {arguments[0]}` failed: {done.stderr.strip()[-1000:]}")
        return done.stdout + (done.stderr if arguments[0] == "logs" else "")


def run_local(target: str, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Deploy on this machine, which is what this target does anyway."""
    return DockerDeploymentClient(target).create_deployment(name, model_uri, flavor, config)


def target_help() -> str:
    """What the target has to be told."""
    return (
        "docker: a container on this machine, at 127.0.0.1, by docker or podman.\n"
        "Settings: port (0: a free one), base_image (that of the model's Python), trust (false: take a model that you have not signed,\n"
        "whose code may run then), wait (120 seconds, for the model to load). While an update loads another model nobody answers."
    )


def _checked(name: str) -> str:
    if not re.fullmatch("[a-z0-9-]*", check_name(name)):
        raise InvalidParameter(f"A deployment in a container is called by small letters, digits and hyphens, not {name!r}.")
    return name


def _container(name: str) -> str:
    return f"mlops-deployment-{name}"


def _answers(url: str) -> bool:
    with contextlib.closing(client(url)) as asking:
        return asking.is_alive()


def _told(one: dict[str, Any]) -> dict[str, Any]:
    labels, host = one["Config"]["Labels"], one["HostConfig"]
    bound = (one["NetworkSettings"].get("Ports") or {}).get(_INSIDE) or (host.get("PortBindings") or {}).get(_INSIDE) or [{}]
    port = str(PORT) if host.get("NetworkMode") == "host" else bound[0].get("HostPort")
    return {
        "name": labels[_LABEL], "status": one["State"]["Status"], "model_uri": labels.get(_URI, ""), "flavor": "python_function",
        "url": f"http://127.0.0.1:{port}" if port else "", "image": one["Config"]["Image"], "container": one["Id"],
        "config": msgspec.json.decode(labels.get(_CONFIG) or "{}"),
    }  # fmt: skip
