"""``run``: fetch a project, check what is asked of it, make its run, and have it done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.context.users import user_tags
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_key, param_text, tag_text
from jupyter_mlops.entities.pairs import Param
from jupyter_mlops.entities.tags import (
    COMMIT_TAG,
    PARENT_TAG,
    PROJECT_BACKEND_TAG,
    PROJECT_ENTRY_POINT_TAG,
    RUN_NAME_TAG,
    SOURCE_NAME_TAG,
    SOURCE_TYPE_TAG,
    USER_TAG,
)  # fmt: skip
from jupyter_mlops.entities.variables import REGISTRY_URI
from jupyter_mlops.environments.builds import check_manager
from jupyter_mlops.environments.condas import find_conda
from jupyter_mlops.environments.specifications import Specification, read_conda_file, read_python_file
from jupyter_mlops.errors import ExecutionException, InvalidParameter
from jupyter_mlops.projects.backends.submissions import submit
from jupyter_mlops.projects.backends.table import backend_config as read_config
from jupyter_mlops.projects.backends.table import backend_named
from jupyter_mlops.projects.commands import command_of, notebook_of
from jupyter_mlops.projects.containers import Container, container_of, log_in, make_image
from jupyter_mlops.projects.definitions import Project, read_project
from jupyter_mlops.projects.fetches import Fetched, fetch
from jupyter_mlops.projects.folders import Folders
from jupyter_mlops.projects.parameters import check_values
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.projects.submitted_runs import SubmittedRun
from jupyter_mlops.storage.opened import get_registry_uri, get_tracking_uri
from jupyter_mlops.tracking.active_runs import run_above
from jupyter_mlops.tracking.client import MlflowClient
from jupyter_mlops.tracking.run_names import random_name
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, experiment_named

__all__ = ["run"]


def run(
    uri: str | os.PathLike[str],
    entry_point: str = "main",
    version: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    docker_args: Mapping[str, Any] | None = None,
    experiment_name: str | None = None,
    experiment_id: str | None = None,
    backend: str = "local",
    backend_config: Mapping[str, Any] | str | None = None,
    storage_dir: str | None = None,
    synchronous: bool = True,
    run_id: str | None = None,
    run_name: str | None = None,
    env_manager: str | None = None,
    build_image: bool = False,
    docker_auth: Mapping[str, str] | None = None,
) -> SubmittedRun:
    """Run an entry point of a project as a run.

    Parameters
    ----------
    uri : str or path
        A folder, which is run in place, a Git repository or a ``.zip`` archive; ``#sub/folder`` goes into one of these.
    entry_point : str, default ``"main"``
        A name in ``MLproject``, or a script or notebook of the folder.
    version : str, optional
        Branch, tag or commit of a repository.
    parameters : mapping, optional
        Values by name; those that the entry point does not declare become options of its command.
    experiment_name, experiment_id : str, optional
        At most one; a name that is not there is created. The active experiment by default.
    backend : {"local", "dask"} or str, default ``"local"``
        Where it runs: on this machine, on a worker of Dask, or what an installed package offers under that name, see
        `jupyter_mlops.projects.backends.base.Backend`.
    backend_config : mapping or str, optional
        Settings of the backend, or the path of a JSON file with them. For ``"dask"`` the ``address`` of a scheduler, such as
        ``tcp://host:8786``; without one it has a cluster of its own, in this process.
    docker_args : mapping, optional
        Options of ``docker run`` for a project with a ``docker_env``: ``{"gpus": "all", "init": True}``.
    build_image : bool, default False
        Build an image of the project on top of that of ``docker_env``; otherwise that one is used as it is.
    docker_auth : mapping, optional
        ``username``, ``password`` and ``registry`` to log in with.
    storage_dir : str, optional
        Where temporary folders are made.
    synchronous : bool, default True
        Wait for the end; otherwise it goes on by itself, also when this process ends. (But a cluster of Dask that has no address
        ends with this process.)
    run_id : str, optional
        Go on with this run instead of making one.
    run_name : str, optional
    env_manager : {"local", "virtualenv", "uv", "conda"}, optional
        What makes the environment that the project names; by default conda for a ``conda_env`` where it is installed, else
        uv where it is, else virtualenv. A project that names none runs in the environment of this process.

    Returns
    -------
    SubmittedRun

    Raises
    ------
    ExecutionException
        The project cannot be run as asked, before there is a run, or its program failed.
    EnvironmentFailed
        Its environment cannot be made.
    InvalidParameter
        Arguments that contradict each other.

    Notes
    -----
    The program finds the run in ``MLFLOW_RUN_ID``, which `start_run` resumes, and the store in ``MLFLOW_TRACKING_URI``. An
    interrupt ends it with all that it started, and the run is KILLED. Called inside a run, the new one is its child.

    References
    ----------
    ``mlflow.projects.run``.

    Examples
    --------
    >>> import pathlib
    >>> _ = pathlib.Path("hello.sh").write_text("true")
    >>> run(".", "hello.sh").get_status()
    'FINISHED'
    """
    if experiment_name is not None and experiment_id is not None:
        raise InvalidParameter("Give either experiment_name or experiment_id, not both.")
    place = backend_named(backend)(read_config(backend_config))
    with Folders(storage_dir) as folders:
        source = fetch(os.fspath(uri), version, folders)
        project = read_project(source.folder)
        point = project.entry_point(entry_point)
        values = check_values(point, parameters or {}, project.folder, folders)
        notebook = notebook_of(point)
        command = "" if notebook else command_of(point, values.used)
        manager, specification = _environment(project, env_manager)
        paths = tuple(values.used[parameter.name] for parameter in point.parameters if parameter.type == "path")
        container = _container(project, docker_args or {}, paths) if project.docker_env else None
        if container and notebook:
            raise ExecutionException("A notebook is no entry point of a project in a container: let its command execute one there.")
        if container and docker_auth:
            log_in(container.engine, docker_auth)
        if container and build_image:
            container = make_image(container, project, source.tags.get(COMMIT_TAG, ""))
        experiment = experiment_named(experiment_name) if experiment_name is not None else experiment_for_run(experiment_id)
        owned = synchronous or not place.queues
        made = _run_of(experiment, run_id, run_name, _tags(source, entry_point, backend), values.logged, owned)
        plan = Plan(
            run_id=made, experiment_id=MlflowClient().get_run(made).info.experiment_id, tracking_uri=get_tracking_uri(),
            registry_uri=get_registry_uri() if REGISTRY_URI.get() or get_registry_uri() != get_tracking_uri() else "",
            folder=project.folder, temporary=folders.kept(), entry_point=entry_point, command=command,
            notebook=notebook or "", values=values.used, paths=paths, goes_on=run_id is not None,
            manager=manager, specification=specification,
            container=container,
        )  # fmt: skip
        return submit(place, plan, wait=synchronous)


def _environment(project: Project, manager: str | None) -> tuple[str | None, Specification]:
    """What makes the environment of a project, None for the best that is here, and of what it consists."""
    if check_manager(manager) == "local" or (manager is None and not project.python_env and not project.conda_env):
        return "local", Specification()
    if manager == "conda" and project.python_env:
        raise InvalidParameter("env_manager='conda' needs a conda_env; this project has a python_env: say virtualenv or uv.")
    if project.conda_env:
        return manager or ("conda" if find_conda() else None), read_conda_file(project.conda_env)
    return manager, read_python_file(project.python_env) if project.python_env else Specification()


def _container(project: Project, arguments: Mapping[str, Any], paths: tuple[str, ...]) -> Container:
    """The container of a project; paths that it is given are there under the same names."""
    assert project.docker_env is not None
    container = container_of(project.docker_env, arguments)
    return msgspec.structs.replace(container, volumes=(*container.volumes, *(f"{path}:{path}" for path in paths)))


def _tags(source: Fetched, entry_point: str, backend: str) -> dict[str, str]:
    tags = {
        SOURCE_NAME_TAG: source.name, SOURCE_TYPE_TAG: "PROJECT", PROJECT_ENTRY_POINT_TAG: entry_point, PROJECT_BACKEND_TAG: backend
    }  # fmt: skip
    return tags | (source.tags if is_captured("git") else {}) | (user_tags() if is_captured("user") else {})


def _run_of(experiment: str, run_id: str | None, name: str | None, tags: dict[str, str], params: Mapping[str, str], owned: bool) -> str:
    """The run that is gone on with, or a new one; with tags and params."""
    store, client = current_store(), MlflowClient()
    parent = run_above()
    given = {key: tag_text(key, value) for key, value in tags.items()} | ({PARENT_TAG: parent} if parent and not run_id else {})
    texts = [Param(check_key(key, "param name"), param_text(key, value)) for key, value in params.items()]
    if run_id is None:
        given[RUN_NAME_TAG] = tag_text(RUN_NAME_TAG, name or random_name())
        run = store.create_run(experiment, given[RUN_NAME_TAG], given.get(USER_TAG, "unknown"), now_ms(), given, owned=owned)
        run_id = run.info.run_id
        client.log_batch(run_id, params=texts)
    else:
        client.log_batch(run_id, params=texts)  # first: other values than it has are refused
        client.update_run(run_id, status="RUNNING", name=name)
        if owned:
            store.own_run(run_id)
        for key, value in given.items():
            client.set_tag(run_id, key, value)
    return run_id
