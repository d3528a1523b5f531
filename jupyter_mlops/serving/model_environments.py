"""The environment that a model was saved with: what it consists of, and one that is there for a process."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from jupyter_mlops.entities.own_folders import own_folder
from jupyter_mlops.entities.requirements import requirement_name
from jupyter_mlops.entities.variables import ENV_ROOT
from jupyter_mlops.environments.builds import HERE, Environment, check_manager, environment_in_use, environment_root
from jupyter_mlops.environments.own_package import SERVING, is_named_ours
from jupyter_mlops.environments.specifications import (
    Specification,
    read_conda_file,
    read_python_file,
    read_requirements_file,
)
from jupyter_mlops.errors import InvalidParameter, NotFound, UntrustedModel
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.registry.uris import MLMODEL_FILE, resolve_model_uri
from jupyter_mlops.storage.opened import get_registry_uri, get_tracking_uri
from jupyter_mlops.upkeep.whole_files import whole_file

__all__ = ["check_python", "constraints_of", "environment_variables", "model_environment", "model_folder", "needs_of"]

_OLDEST = (3, 11)
_FILES = ("python_env.yaml", "conda.yaml", "requirements.txt")
_CONSTRAINTS = re.compile(r"-c (?!.*://)(.+)  # [0-9a-f]{64}")
_MLFLOW = ("mlflow", "mlflow-skinny", "mlflow-tracing")


@contextlib.contextmanager
def model_environment(
    model_uri: str | os.PathLike[str],
    env_manager: str | None = "local",
    *,
    pip_requirements_override: Sequence[str] | None = None,
    install_mlflow: bool = False,
    trust: bool = False,
) -> Iterator[Environment]:
    """The environment of a model, made when it is not there yet; nobody removes it inside of ``with``.

    Parameters
    ----------
    model_uri : str or path
    env_manager : {"local", "virtualenv", "uv", "conda"}, optional
        ``local`` is this one. uv where it is installed with None, else virtualenv.
    pip_requirements_override : list of str, optional
        Requirements in place of the model's of the same packages, or beside them.
    install_mlflow : bool, default False
        Install MLflow, too, for which this package stands otherwise.
    trust : bool, default False
        Whether packages are installed that somebody names whose signature is not yours: installing runs their code.

    Raises
    ------
    EnvironmentFailed
        It cannot be made.
    UntrustedModel
        The model was not signed by this user.
    InvalidParameter
        There is no such manager, or another Python is wanted than this package runs on.

    Examples
    --------
    >>> with model_environment("models:/wine/1") as environment:
    ...     environment.manager
    'local'
    """
    if check_manager(env_manager) == "local":
        if pip_requirements_override or install_mlflow:
            raise InvalidParameter("Nothing is installed into this environment: say env_manager='uv' or 'virtualenv', for one of the model's own.")
        yield HERE
        return
    folder = model_folder(model_uri, trust)
    needs = needs_of(folder.path(), env_manager, pip_requirements_override, install_mlflow)
    check_python(needs, "use env_manager='local'")
    lines = (*map(_with_kept_constraints, needs.dependencies), SERVING)
    with environment_in_use(env_manager, msgspec.structs.replace(needs, dependencies=lines)) as environment:
        yield environment


def _with_kept_constraints(line: str) -> str:
    """The line with another place of its constraints: the same wherever the model lies now, as an environment is known by its lines."""
    constraints = constraints_of(line)
    if not constraints:
        return line
    digest = line.rpartition("# ")[2]
    kept = environment_root() / f"constraints-{digest[:16]}.txt"
    own_folder(kept.parent, ENV_ROOT.names[-1])
    with open(constraints, "rb") as source, whole_file(str(kept)) as file:
        file.write(source.read())
    return f"-c {kept}"


def model_folder(model_uri: str | os.PathLike[str], trust: bool = False) -> ModelFolder:
    """The verified files of a model whose packages may be installed, which runs their code.

    Raises
    ------
    NotFound
        There is no model.
    UntrustedModel
        It was not signed by this user.
    """
    folder = ModelFolder(resolve_model_uri(model_uri), trust)
    if not folder.has(MLMODEL_FILE):
        raise NotFound(f"There is no model at {os.fspath(model_uri)!r}: it has no file {MLMODEL_FILE}.")
    if not folder.allowed:
        raise UntrustedModel(
            f"The packages that the model at {folder.root} names are installed, which can run any code, and you did not sign it. "
            "If you know where it comes from, allow it with trust=True, or --trust."
        )
    return folder


def needs_of(folder: str, manager: str | None = None, override: Sequence[str] | None = None, install_mlflow: bool = False) -> Specification:
    """What the files of a model say that it needs, without this package and what it stands for."""
    found = next((name for name in (_FILES[1:2] if manager == "conda" else _FILES) if os.path.exists(os.path.join(folder, name))), None)
    if found is None:
        raise InvalidParameter(f"The model does not say what it needs: it has no file {'conda.yaml' if manager == 'conda' else ' or '.join(_FILES)}.")
    needs = _read(os.path.join(folder, found))
    replaced = {requirement_name(line) for line in override or ()}
    lines = [line for line in _joined(needs.dependencies) if not is_named_ours(line) and requirement_name(line) not in replaced]
    if not install_mlflow:
        lines = [line for line in lines if requirement_name(line) not in _MLFLOW]
    elif not {*_MLFLOW} & {requirement_name(line) for line in lines}:
        lines = ["mlflow", *lines]
    return msgspec.structs.replace(needs, dependencies=(*lines, *(override or ())))


def check_python(needs: Specification, instead: str) -> None:
    """Refuse a Python on which this package does not run, and say what to do `instead`."""
    wanted = tuple(map(int, re.findall(r"\d+", needs.python)[:2]))
    if wanted and wanted < _OLDEST:
        raise InvalidParameter(f"The model wants Python {needs.python}, and this package runs on 3.11 and later: {instead}.")


def constraints_of(line: str) -> str:
    """The file of a line that names constraints; nothing of another line."""
    found = _CONSTRAINTS.fullmatch(line)
    return found[1] if found else ""


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines that go on behind a backslash as one."""
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def _read(path: str) -> Specification:
    if path.endswith("conda.yaml"):
        return read_conda_file(path, is_fenced=True)
    if path.endswith("python_env.yaml"):
        return read_python_file(path, is_fenced=True)
    return read_requirements_file(path)


def environment_variables(environment: Environment, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables of a process in an environment, by which it means the stores of this one; `extra` comes on top."""
    kept = {name: value for name, value in os.environ.items() if not environment.folder or name not in ("PYTHONPATH", "PYTHONHOME")}
    stores = {"JUPYTER_MLOPS_TRACKING_URI": get_tracking_uri(), "JUPYTER_MLOPS_REGISTRY_URI": get_registry_uri()}
    return kept | environment.variables() | stores | dict(extra or {})
