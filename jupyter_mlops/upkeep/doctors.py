"""Whether all that runs need is in order, each check as a line that says what to do where it is not."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator

import msgspec

from jupyter_mlops.context.git import work_tree
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.variables import SERVER_STORE, SERVER_VERSION
from jupyter_mlops.errors import MlflowException, StoreBusy
from jupyter_mlops.finders import is_there
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.duckdb.counts import count_rows
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.locate import is_store_there
from jupyter_mlops.storage.opened import get_tracking_uri, open_store
from jupyter_mlops.upkeep.deliveries import deliver
from jupyter_mlops.upkeep.infos import folder_size
from jupyter_mlops.version import __version__

__all__ = ["Finding", "examine", "findings_text"]

_WAIT_S = 2.0
_LITTLE_ROOM = 2**30
_LARGE_JOURNAL = 2**28
_EXTRAS = (("optuna", "sweep", "%%sweep"), ("matplotlib", "plots", "figures of evaluate() and log_figure()"), ("starlette", "server", "jupyter mlops server"))


class Finding(msgspec.Struct, frozen=True):
    """What one check found.

    Attributes
    ----------
    name, text : str
    advice : str or None
        What to do; None when all is well.
    """

    name: str
    text: str
    advice: str | None = None


def examine(uri: str | None = None) -> list[Finding]:
    """Look at the store, the machine and the Jupyter server round this process.

    Parameters
    ----------
    uri : str, optional
        The store; by default the one that is meant now.

    Notes
    -----
    A store that somebody holds is waited for two seconds. A store that is not there is not made.

    Examples
    --------
    >>> [finding.name for finding in examine()][:2]
    ['store', 'disk']
    """
    uri = uri or get_tracking_uri()
    checks: list[Callable[[], Iterator[Finding]]] = [
        lambda: _server_store(uri) if is_server(uri) else _local_store(uri),
        _outboxes, _jupyter, _git, _versions, _clock, _extras,
    ]  # fmt: skip
    found: list[Finding] = []
    for check in checks:
        try:
            found += check()
        except MlflowException as error:
            found.append(Finding("store", uri, error.message))
    return found


def findings_text(findings: list[Finding]) -> str:
    """One line a finding.

    Examples
    --------
    >>> print(findings_text([Finding("disk", "512 GB free"), Finding("git", "no git program", "install git")]))
    ok    disk       512 GB free
    warn  git        no git program: install git
    """
    return "\n".join(
        f"{'ok  ' if one.advice is None else 'warn'}  {one.name:<9}  {one.text}{'' if one.advice is None else f': {one.advice}'}" for one in findings
    )


def _local_store(path: str) -> Iterator[Finding]:
    folder = os.path.dirname(path)
    if not is_store_there(path):
        is_writable = os.access(folder if os.path.isdir(folder) else os.path.dirname(folder), os.W_OK)
        yield Finding("store", f"{path} is made by the first run", None if is_writable else "its folder may not be written: set_tracking_uri() to another place")
    else:
        yield from _opened(open_store(path))
    free = shutil.disk_usage(folder if os.path.isdir(folder) else os.path.dirname(folder)).free
    yield Finding("disk", f"{free / 2**30:,.1f} GB free for {folder}", "make room, or logging will fail" if free < _LITTLE_ROOM else None)


def _opened(store: Store) -> Iterator[Finding]:
    assert isinstance(store, DuckDBStore)
    try:
        with store.files.session("doctor", _WAIT_S) as session:
            counts = count_rows(session)
    except StoreBusy as busy:
        yield Finding("store", "not free now", busy.message)
        return
    lost = counts["rejected records"]
    advice = f"{lost:,} records could not be applied: jupyter mlops store check says which" if lost else None
    yield Finding("store", f"{store.path}, {counts['runs']:,} runs, readable and writable", advice)
    journal = folder_size(store.files.folder)
    advice = "more than programs that run should leave: jupyter mlops store check" if journal.size > _LARGE_JOURNAL else None
    yield Finding("journal", f"{journal.size / 2**20:,.1f} MB in {journal.files} files", advice)
    newest = store.search_runs(None, None, ViewType.ACTIVE_ONLY, 1, ["start_time DESC"], None)
    if newest and newest[0].info.start_time > (time.time() + 60) * 1000:
        yield Finding("clock", "a run began in the future", "the clock of this machine or of another one that writes here is wrong")


def _server_store(address: str) -> Iterator[Finding]:
    began = time.monotonic()
    try:
        open_store(address).search_experiments(None, ViewType.ACTIVE_ONLY, 1, None, None)
    except MlflowException as error:
        yield Finding("store", address, error.message)
    else:
        yield Finding("store", f"{address} answers in {(time.monotonic() - began) * 1000:.0f} ms")


def _outboxes() -> Iterator[Finding]:
    for one in deliver(only_look=True):
        if one.before.records or one.before.files or one.before.refused:
            text = f"{one.before.records:,} records and {one.before.files:,} files for {one.address}"
            refused = f"{one.before.refused:,} were refused, see {one.folder}/refused.jsonl" if one.before.refused else None
            yield Finding("outbox", text, refused or "they are delivered in the background, or by %mlops sync")


def _jupyter() -> Iterator[Finding]:
    if "JPY_SESSION_NAME" not in os.environ and not SERVER_STORE.get():
        return  # no Jupyter server started this process
    version = SERVER_VERSION.get()
    if not SERVER_STORE.get():
        yield Finding("server", "the Jupyter server has no jupyter_mlops extension", "pip install jupyter_mlops into its environment and start it again")
    elif version and version != __version__:
        yield Finding("server", f"the Jupyter server has jupyter_mlops {version}, this kernel {__version__}", "install the same version in both")
    else:
        yield Finding("server", f"the Jupyter server has jupyter_mlops {version or ''} too")
    yield _front_end()


def _front_end() -> Finding:
    from jupyter_core.paths import jupyter_config_path, jupyter_path  # a kernel has it

    places = [os.path.join(folder, "jupyter-mlops") for folder in jupyter_path("labextensions")]
    place = next((place for place in places if os.path.exists(os.path.join(place, "package.json"))), None)
    if any(map(_is_disabled, (os.path.join(folder, "labconfig", "page_config.json") for folder in jupyter_config_path()))):
        return Finding("front end", "the front end is switched off", "jupyter labextension enable jupyter-mlops")
    if place is None:
        return Finding("front end", "no front end in this environment", "where the Jupyter server runs from another one, install jupyter_mlops there too")
    return Finding("front end", f"front end in {place}")


def _is_disabled(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            found = json.load(file).get("disabledExtensions", {})
    except (OSError, ValueError):
        return False
    names = found if isinstance(found, list) else [name for name, value in found.items() if value]
    return any(name.partition(":")[0] == "jupyter-mlops" for name in names)


def _git() -> Iterator[Finding]:
    if shutil.which("git") is None:
        yield Finding("git", "no git program, so runs have no commit", "install git")
    else:
        tree = work_tree(os.getcwd())
        yield Finding("git", f"commits and differences of {tree}" if tree else f"{os.getcwd()} is no git repository, so runs have no commit")


def _versions() -> Iterator[Finding]:
    names = ("duckdb", "pandas", "ipython", "jupyterlab")
    others = [f"{name} {importlib.metadata.version(name)}" for name in names if is_there(name.replace("ipython", "IPython"))]
    yield Finding("versions", ", ".join([f"jupyter_mlops {__version__}", f"Python {platform.python_version()}", *others]))


def _clock() -> Iterator[Finding]:
    yield Finding("time", f"shown as {time.strftime('%Z (UTC%z)')}, kept as UTC")


def _extras() -> Iterator[Finding]:
    missing = [f"{package} for {what}: pip install 'jupyter_mlops[{extra}]'" for package, extra, what in _EXTRAS if not is_there(package)]
    yield Finding("extras", "; ".join(["not installed", *missing]) if missing else "all small ones are installed")
