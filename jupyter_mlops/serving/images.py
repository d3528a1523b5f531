"""Images of containers that serve a model: what goes into one, and its building."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.entities.uris import urls_without_secrets
from jupyter_mlops.environments.builds import check_manager
from jupyter_mlops.environments.engines import find_engine
from jupyter_mlops.environments.installers import Installer
from jupyter_mlops.environments.notices import notice
from jupyter_mlops.environments.own_package import copy_ours, needed_by_ours
from jupyter_mlops.environments.specifications import ARCHIVES, Specification, left_out
from jupyter_mlops.errors import AlreadyExists, InvalidParameter
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.serving.dockerfiles import REQUIREMENTS, dockerfile_text
from jupyter_mlops.serving.model_environments import check_python, constraints_of, model_folder, needs_of
from jupyter_mlops.version import __version__

__all__ = ["build_docker", "generate_dockerfile"]

_NAME = re.compile(r"[a-z0-9][a-z0-9._/:-]*(:[\w.-]+)?", re.ASCII)
_KEPT_URIS = ("runs:/", "models:/")  # others may be places of this machine
_CONSTRAINTS = "constraints.txt"
# A path, a file that is named, or where packages are looked for when it is no server.
_ELSEWHERE = re.compile(
    r"[./~]|file:|-[re]|--(requirement|editable)|(-[fi]|--(find-links|index-url|extra-index-url|pypi-url))[ =]*+(?!https?://)|.*\bfile:/", re.IGNORECASE
)


def build_docker(
    model_uri: str | os.PathLike[str] | None = None,
    name: str = "mlflow-pyfunc",
    env_manager: str | None = None,
    mlflow_home: str | None = None,
    install_java: bool = False,
    install_mlflow: bool = False,
    enable_mlserver: bool = False,
    base_image: str | None = None,
    trust: bool = False,
) -> None:
    """Build an image that serves a model by docker or podman.

    Parameters
    ----------
    model_uri : str or path, optional
        The model that lies in it; without one it serves what is mounted at ``/opt/ml/model``.
    name : str, default ``"mlflow-pyfunc"``
        Name of the image, maybe with a tag.
    env_manager, mlflow_home, install_java, install_mlflow, enable_mlserver, base_image, trust
        As in `generate_dockerfile`.

    Raises
    ------
    ExecutionException
        No engine of containers answers here.
    EnvironmentFailed
        It cannot be built; the message has what the engine said last.

    Notes
    -----
    The engine keeps the layer with the requirements: the next image with the same ones takes seconds.

    Examples
    --------
    >>> build_docker("models:/wine/1", "wine")  # doctest: +SKIP
    """
    if not _NAME.fullmatch(name):
        raise InvalidParameter(f"name is that of an image, of small letters, digits and . _ - / :, maybe with a tag, not {name!r}.")
    engine = find_engine("Building an image")  # before anything is copied
    with tempfile.TemporaryDirectory(prefix="mlops-image-") as place:
        context = os.path.join(place, "context")
        generate_dockerfile(model_uri, context, env_manager, mlflow_home, install_java, install_mlflow, enable_mlserver, base_image, trust)
        form = ["--format", "docker"] if engine == "podman" else []  # podman's own has no health checks
        with Installer(f"image {name} ({engine})") as installer:
            installer.call([engine, "build", *form, "-t", name, "-f", "Dockerfile", "."], context)


def generate_dockerfile(
    model_uri: str | os.PathLike[str] | None = None,
    output_directory: str | os.PathLike[str] = "mlflow-dockerfile",
    env_manager: str | None = None,
    mlflow_home: str | None = None,
    install_java: bool = False,
    install_mlflow: bool = False,
    enable_mlserver: bool = False,
    base_image: str | None = None,
    trust: bool = False,
) -> None:
    """Write a folder that ``docker build`` makes an image of, which serves a model: all of it, or nothing.

    Parameters
    ----------
    model_uri : str or path, optional
        The model that lies in it; without one it serves what is mounted at ``/opt/ml/model``.
    output_directory : str or path, default ``"mlflow-dockerfile"``
        Not there yet, or empty.
    env_manager : {"local", "virtualenv", "uv"}, optional
        The image is the environment of its model. Without one, the model that is mounted gets its own when the container starts,
        by virtualenv or uv; with ``"local"`` it has what the image has.
    mlflow_home, enable_mlserver
        Nothing that there is here.
    install_java : bool, default False
        Install Java, too.
    install_mlflow : bool, default False
        Install MLflow, too, for which this package stands otherwise.
    base_image : str, optional
        Has Python and pip; ``python:<version of the model's Python>-slim`` by default.
    trust : bool, default False
        Whether the model, and the packages that it names, may run code in its container even if you did not sign it. One that is
        mounted may: who mounts it vouches for it.

    Raises
    ------
    AlreadyExists
        There is something in `output_directory`.
    UntrustedModel
        The model was not signed by this user.
    InvalidParameter
        What the model needs cannot be in an image: paths of this machine, credentials.

    Examples
    --------
    >>> generate_dockerfile(output_directory="image")
    >>> sorted(os.listdir("image"))
    ['Dockerfile', 'jupyter_mlops', 'requirements']
    """
    if mlflow_home is not None or enable_mlserver:
        raise InvalidParameter("The image has this package as it is here, and its server: leave out mlflow_home and enable_mlserver.")
    if check_manager(env_manager) == "conda":
        raise InvalidParameter("An image is an environment by itself, of pip: leave out env_manager, and say base_image for one with other things in it.")
    target = os.path.abspath(output_directory)
    if os.path.exists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise AlreadyExists(f"There is something at {target}: remove it, or name another output_directory.")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".mlops-image-", dir=os.path.dirname(target)) as place:
        context = os.path.join(place, "context")
        os.mkdir(context, 0o700)  # for what is in it may be read by everybody
        folder = None if model_uri is None else model_folder(model_uri, trust)
        _write(context, str(model_uri), folder, env_manager, install_mlflow, install_java, base_image)
        if os.path.isdir(target):
            os.rmdir(target)
        os.rename(context, target)


def _write(
    context: str, uri: str, folder: ModelFolder | None, manager: str | None, install_mlflow: bool, needs_java: bool, base_image: str | None
) -> None:
    labels = {"jupyter_mlops.version": __version__}
    if folder:
        folder.copy_to(os.path.join(context, "model_dir"))
        needs = needs_of(os.path.join(context, "model_dir"), install_mlflow=install_mlflow)
        if base_image is None:
            check_python(needs, "say base_image, an image with such a Python")
        if lost := left_out(needs):
            notice(f"Left out of the image, as only conda installs them: {shown(', '.join(lost), None)}")
        labels |= _labels(uri, Model.from_yaml(folder.read(MLMODEL_FILE)))
    else:
        needs = Specification(dependencies=() if manager == "local" else (manager or "virtualenv",))
    _write_requirements(os.path.join(context, REQUIREMENTS), needs)
    copy_ours(Path(context))
    python = re.match(r"\d+(\.\d+)*", needs.python or platform.python_version())
    within = "local" if folder else (manager or "virtualenv")
    command = ["python3", "-m", "jupyter_mlops.cli.container", "--env-manager", within, "--trust"]  # who mounts a model vouches for it
    text = dockerfile_text(
        base_image or f"python:{python[0] if python else '3'}-slim", command, labels, has_model=folder is not None,
        has_builds=bool(needs.build_dependencies), needs_java=needs_java,
    )  # fmt: skip
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write(text)
    for place, folders, names in os.walk(context):  # whatever this user's files are: another one reads them there
        for name in folders:
            os.chmod(os.path.join(place, name), 0o755)  # noqa: S103 - of files that an image has
        for name in names:
            os.chmod(os.path.join(place, name), 0o644)


def _labels(uri: str, model: Model) -> dict[str, str]:
    """What an image says of its model: nothing of this machine."""
    found = {"mlflow.model_uuid": model.model_uuid, "mlflow.run_id": model.run_id, "mlflow.model_uri": uri if uri.startswith(_KEPT_URIS) else None}
    return {name: str(value) for name, value in found.items() if value}


def _write_requirements(place: str, needs: Specification) -> None:
    """Files for pip: ``requirements.txt``, with the files that it names, and ``build.txt``."""
    os.mkdir(place)
    lines = [_placed(place, line, needs.folder) for line in needs.dependencies]
    _write_lines(place, "requirements.txt", [*lines, *needed_by_ours(lines, to_serve=True)])
    if needs.build_dependencies:
        _write_lines(place, "build.txt", [_placed(place, line, needs.folder) for line in needs.build_dependencies])


def _write_lines(place: str, name: str, lines: Sequence[str]) -> None:
    for line in lines:
        if urls_without_secrets(line) != line:
            raise InvalidParameter(f"The model's requirement {urls_without_secrets(line)} has credentials, which everybody reads who has the image.")
    with open(os.path.join(place, name), "a", encoding="utf-8") as file:  # constraints of several files are one
        file.write("\n".join(lines) + "\n")


def _placed(place: str, line: str, folder: str) -> str:
    """The line, with a copy of the file that it names."""
    constraints = constraints_of(line)
    if constraints:
        _write_lines(place, _CONSTRAINTS, list(map(_checked, Path(constraints).read_text(encoding="utf-8").splitlines())))
        return f"-c {_CONSTRAINTS}"
    source = os.path.realpath(os.path.join(folder, line.partition(" ")[0]))
    is_inside = source.startswith(os.path.realpath(folder) + os.sep) and os.path.isfile(source)
    if is_inside and source.endswith(ARCHIVES):  # which came with the model
        target = os.path.join(place, os.path.relpath(source, os.path.realpath(folder)))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)
        return line
    return _checked(line)


def _checked(line: str) -> str:
    """The line, if it means the same inside of an image."""
    if _ELSEWHERE.match(line):
        raise InvalidParameter(
            f"The model needs {urls_without_secrets(line)}, which is no package of an index, nor a file in its folder: an image cannot have it."
        )
    return line
