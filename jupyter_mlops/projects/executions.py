"""An entry point run to its end by this process: its environment made, its command started and waited for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.entities.names import tag_text
from jupyter_mlops.entities.processes import Watchdog, end_group
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.entities.tags import DOCKER_ID_TAG, DOCKER_URI_TAG, ERROR_TAG, LONGEST_TAG, PROJECT_ENV_TAG
from jupyter_mlops.environments.builds import Environment, environment_in_use
from jupyter_mlops.errors import EnvironmentFailed, ExecutionException, MlflowException
from jupyter_mlops.projects.containers import container_command, image_id, removal_of
from jupyter_mlops.projects.doors import Door
from jupyter_mlops.projects.folders import remove_folders
from jupyter_mlops.projects.notebooks import execute_notebook, program_variables, read_notebook, with_parameters
from jupyter_mlops.projects.outputs import Output
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["GRACE_S", "end_run_of", "execute", "interrupts_by_sigterm"]

_LOG = "environment.log"
GRACE_S = 20.0
_LAST_LINES, _LONGEST = 3, 500


def execute(plan: Plan) -> None:
    """Do what a plan says and end its run: FINISHED, FAILED, or KILLED when it is interrupted.

    Raises
    ------
    ExecutionException
        The command failed.
    EnvironmentFailed
        The environment cannot be made; what the installers said is the run's artifact ``environment.log``.

    Notes
    -----
    When this process is killed, what it started ends and its temporary folders go all the same, and readers of the store
    find the run KILLED.
    """
    client = MlflowClient(plan.tracking_uri)
    status, failure = "FAILED", ""
    with Watchdog() as watchdog:
        for folder in plan.temporary:
            watchdog.remove(folder)
        try:
            with _environment(plan, client) as environment:
                for key, value in _environment_tags(plan, environment).items():
                    client.set_tag(plan.run_id, key, value)
                failed = _execute_notebook(plan, environment, client) if plan.notebook else _call(plan, environment, watchdog)
            if failed:
                raise ExecutionException(f"Entry point {plan.entry_point!r} of run {plan.run_id} {failed}.")
            status = "FINISHED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise
        except MlflowException as error:
            failure = str(error)
            raise
        finally:
            end_run_of(client, plan.run_id, status, failure)
            remove_folders(plan.temporary)


def _environment_tags(plan: Plan, environment: Environment) -> dict[str, str]:
    if plan.container:
        return {PROJECT_ENV_TAG: "docker", DOCKER_URI_TAG: plan.container.image, DOCKER_ID_TAG: image_id(plan.container)}
    return {PROJECT_ENV_TAG: environment.manager} if environment.folder else {}


def end_run_of(client: MlflowClient, run_id: str, status: str, failure: str = "") -> None:
    """End a run that the program did not end itself, or as FAILED when it was interrupted, and note why it failed unless that is known."""
    run = client.get_run(run_id)
    if failure and ERROR_TAG not in run.data.tags:
        client.set_tag(run_id, ERROR_TAG, tag_text(ERROR_TAG, mask_secrets(" ".join(failure.split()))[:LONGEST_TAG]))
    if not RunStatus.is_terminated(RunStatus.from_string(run.info.status)) or (status, run.info.status) == ("KILLED", "FAILED"):
        client.set_terminated(run_id, status)


@contextmanager
def _environment(plan: Plan, client: MlflowClient) -> Iterator[Environment]:
    with ExitStack() as stack:
        log = os.path.join(stack.enter_context(tempfile.TemporaryDirectory()), _LOG)
        try:
            environment = stack.enter_context(environment_in_use(plan.manager, plan.specification, log=log))
        except EnvironmentFailed as error:
            with suppress(MlflowException, OSError):
                client.log_artifact(plan.run_id, log)
            said = " ".join(" ".join(error.said.splitlines()[-_LAST_LINES:]).split())
            raise EnvironmentFailed(error.what, f"{said[-_LONGEST:]} Run {plan.run_id} keeps all that was said: {_LOG}.") from None
        yield environment


def _execute_notebook(plan: Plan, environment: Environment, client: MlflowClient) -> str:
    """Execute a notebook and keep it with the run; returns what failed."""
    path = os.path.join(plan.folder, plan.notebook)
    notebook = with_parameters(read_notebook(path), dict(plan.values))
    with Door(plan.tracking_uri) as door:
        variables = _variables(plan, environment, door)
        done, failure = execute_notebook(notebook, environment.python, os.path.dirname(path), variables)
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, os.path.basename(path))
        with open(place, "w", encoding="utf-8") as file:
            json.dump(done, file, indent=1)
        client.log_artifact(plan.run_id, place)
    return f"failed: {failure}" if failure else ""


def _call(plan: Plan, environment: Environment, watchdog: Watchdog) -> str:
    """Call the command, with all that it prints kept; returns what failed."""
    store = open_store(plan.tracking_uri)
    run = store.get_run(plan.run_id)
    with Output(store, run, goes_on=plan.goes_on) as output, Door(plan.tracking_uri) as door:
        variables = _variables(plan, environment, door)
        command = [os.environ.get("COMSPEC", "cmd"), "/c", plan.command] if os.name == "nt" else ["bash", "-c", plan.command]
        if plan.container:
            command = container_command(plan.container, plan.run_id, plan.command, plan.tracking_uri, run.info.artifact_uri, variables)
            watchdog.call(removal_of(plan.container, plan.run_id))
        try:
            process = subprocess.Popen(
                command, cwd=plan.folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                process_group=0 if os.name == "posix" else None,
            )  # fmt: skip
        except OSError as error:  # such as an environment too large for it
            return f"could not be started: {error.strerror}"
        code: int | None = None
        watchdog.watch(process)
        output.follow(process)
        try:
            code = process.wait()
        finally:
            if plan.container and code != 0:
                subprocess.run(removal_of(plan.container, plan.run_id), capture_output=True, check=False)
            end_group(process)  # what it left behind
    return "" if not code else f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"


def _variables(plan: Plan, environment: Environment, door: Door) -> dict[str, str]:
    """Of the environment of the program."""
    of_run = {"MLFLOW_RUN_ID": plan.run_id, "MLFLOW_EXPERIMENT_ID": plan.experiment_id, "PYTHONUNBUFFERED": "1"}
    registry = {"MLFLOW_REGISTRY_URI": plan.registry_uri} if plan.registry_uri else {}
    here = {} if environment.folder else {"PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))}
    return program_variables(environment.python, here | environment.variables() | door.variables | registry | of_run)


@contextmanager
def interrupts_by_sigterm() -> Iterator[None]:
    """Let SIGTERM be what Ctrl-C is; in the main thread. A second one does not disturb what the first one set off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
