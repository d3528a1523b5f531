"""Projects in containers, through the command line of docker or podman."""

from __future__ import annotations

import ipaddress
import os
import subprocess
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from jupyter_mlops.entities.processes import end_group
from jupyter_mlops.entities.uris import is_local, local_path, without_secrets
from jupyter_mlops.environments.engines import find_engine
from jupyter_mlops.errors import EnvironmentFailed, ExecutionException
from jupyter_mlops.projects.definitions import DockerEnvironment, Project

__all__ = ["Container", "container_command", "container_of", "image_id", "log_in", "make_image", "removal_of"]

_CODE = "/mlflow/projects/code/"
_PASSED_ON = (
    "AWS_", "AZURE_", "GOOGLE_APPLICATION_CREDENTIALS", "NO_PROXY", "no_proxy", "PYTHONUNBUFFERED", "MLFLOW_S3_",
    "MLFLOW_TRACKING_", "MLFLOW_REGISTRY_", "MLFLOW_RUN_", "MLFLOW_EXPERIMENT_", "JUPYTER_MLOPS_TRACKING_", "MLFLOW_BOTO_",
)  # fmt: skip


class Container(msgspec.Struct, frozen=True):
    """What a project runs in.

    Attributes
    ----------
    engine : str
        The program, ``docker`` or ``podman``.
    image : str
    volumes : tuple of str
        ``place here:place inside``.
    names : tuple of str
        Variables of the environment that it gets, with the values that they have here.
    values : dict of str to str
        Variables with values that the project gives them.
    arguments : tuple of str
        Further options of ``docker run``.
    """

    engine: str
    image: str
    volumes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    values: dict[str, str] = {}
    arguments: tuple[str, ...] = ()


def container_of(environment: DockerEnvironment, arguments: Mapping[str, Any]) -> Container:
    """The container of a project, without what belongs to a run.

    Raises
    ------
    ExecutionException
        No engine is here, or a variable that the project wants is not set.
    """
    names = [entry for entry in environment.environment if isinstance(entry, str)]
    missing = [name for name in names if name not in os.environ]
    if missing:
        raise ExecutionException(f"The project wants variables of the environment that are not set here: {', '.join(missing)}.")
    values = {entry[0]: entry[1] for entry in environment.environment if not isinstance(entry, str)}
    return Container(find_engine("A project with docker_env"), environment.image, environment.volumes, tuple(names), values, tuple(_options(arguments)))


def _options(arguments: Mapping[str, Any]) -> list[str]:
    """``docker_args`` as MLflow reads them: True is a flag, a name of one letter is short.

    Examples
    --------
    >>> _options({"gpus": "all", "v": "/a:/a", "init": True})
    ['--gpus', 'all', '-v', '/a:/a', '--init']
    """
    options: list[str] = []
    for name, value in arguments.items():
        option = f"-{name}" if len(name) == 1 else f"--{name}"
        options += [option] if value is True else [option, str(value)]
    return options


def make_image(container: Container, project: Project, version: str) -> Container:
    """The container with an image that has the project in it, which is built now.

    Raises
    ------
    EnvironmentFailed
        It cannot be built; the message has what the engine said last.
    """
    tag = f"{(project.name or 'project').lower()}:{version[:7] or 'latest'}"
    file = f"FROM {container.image}\nCOPY . {_CODE}\nWORKDIR {_CODE}\n"
    _call(container.engine, "build", "-t", tag, "-f", "-", project.folder, given=file)
    return msgspec.structs.replace(container, image=tag)


def log_in(engine: str, auth: Mapping[str, str]) -> None:
    """Log in to a registry: ``username``, ``password`` and ``registry``. The password stands in no command line."""
    words = [auth["registry"]] if auth.get("registry") else []
    _call(engine, "login", "--username", auth.get("username", ""), "--password-stdin", *words, given=auth.get("password", ""))


def image_id(container: Container) -> str:
    """Id of its image here; nothing when it is still to be fetched."""
    try:
        return _call(container.engine, "image", "inspect", "--format", "{{.Id}}", container.image).strip()
    except EnvironmentFailed:
        return ""


def _call(engine: str, *arguments: str, given: str = "") -> str:
    process = subprocess.Popen(
        [engine, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
        start_new_session=True,
    )  # fmt: skip
    try:
        out, said = process.communicate(given)
    finally:
        end_group(process)
    if process.returncode:
        raise EnvironmentFailed(f"image ({engine} {arguments[0]})", without_secrets(said.strip())[-2000:])
    return out


def container_command(
    container: Container, run_id: str, command: str, tracking_uri: str, artifacts: str, variables: Mapping[str, str]
) -> list[str]:
    """The command line that runs a command in a new container, which is removed when it ends.

    A store of files is there under the path that it has here, and so are the run's artifacts; a server on this machine is
    reached by the network of this machine. Of `variables` only names stand in the command line. What the project's file says, such
    as a PATH, is for the container alone, and not for the engine's program.
    """
    options = ["run", "--rm", "--name", f"mlops-{run_id}", *container.arguments]
    store = [os.path.dirname(tracking_uri)] if is_local(tracking_uri) else []
    for place in dict.fromkeys([*store, *([local_path(artifacts)] if is_local(artifacts) else [])]):
        os.makedirs(place, exist_ok=True)
        options += ["-v", f"{place}:{place}"]
    for volume in container.volumes:
        options += ["-v", volume]
    if _is_here(variables["MLFLOW_TRACKING_URI"]) and not _says_network(container.arguments):
        options += ["--network", "host"]
    passed = [name for name in variables if name.startswith(_PASSED_ON) and name not in container.values]
    for entry in dict.fromkeys([*passed, *container.names, *(f"{name}={value}" for name, value in container.values.items())]):
        options += ["-e", entry]
    return [container.engine, *options, container.image, "sh", "-c", command]


def _is_here(uri: str) -> bool:
    host = urlsplit(uri).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _says_network(arguments: tuple[str, ...]) -> bool:
    return any("net" in one or one in ("-p", "-P") or one.startswith("--publish") for one in arguments)


def removal_of(container: Container, run_id: str) -> list[str]:
    """The command line that ends a container and removes it, which does nothing when it has ended."""
    return [container.engine, "rm", "-f", "-t", "0", f"mlops-{run_id}"]
