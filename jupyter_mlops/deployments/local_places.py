"""What is kept of deployments on this machine: a folder each, and a lock that its server holds as long as it lives."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

import msgspec
import psutil

from jupyter_mlops.entities.own_folders import own_folder
from jupyter_mlops.errors import AlreadyExists, InvalidState, NotFound
from jupyter_mlops.storage.locate import data_folder
from jupyter_mlops.upkeep.whole_files import whole_file

__all__ = ["Config", "Place", "Record", "Start", "began", "places"]

_END_S = 15.0
_LOOKING_S = 0.2  # somebody who looks whether a server lives holds the lock for less


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a deployment may be given as `config`.

    Attributes
    ----------
    port : int
        0 for one that is free.
    workers : int
        Processes that answer.
    timeout : float, seconds
        Of one prediction.
    follow : bool
        Exchange the model when the alias or stage means another version.
    trust : bool
        Run code of the model that this user has not signed.
    wait : float, seconds
        How long the model may take to load.
    """

    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    workers: Annotated[int, msgspec.Meta(ge=1)] = 1
    timeout: Annotated[float, msgspec.Meta(gt=0, le=1e9)] = 60.0
    follow: bool = False
    trust: bool = False
    wait: Annotated[float, msgspec.Meta(gt=0, le=1e9)] = 120.0


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a deployment.

    Attributes
    ----------
    model_uri : str
        As it was asked for.
    created : int, milliseconds since the Unix epoch
    config : Config
    url : str
        Empty until a server listens.
    pid : int
    began : str
        When the process did, see `began`: another process of that number began at another time.
    failure : tuple of str or None
        What ended it, by the name of the error's class and its code; the log has the rest.
    """

    model_uri: str
    created: int
    config: Config
    url: str = ""
    pid: int = 0
    began: str = ""
    failure: tuple[str, str] | None = None

    def process(self) -> psutil.Process | None:
        """The process that serves, None when there is none. It sends no signal to another that has its number later."""
        with contextlib.suppress(psutil.NoSuchProcess, ValueError):
            process = psutil.Process(self.pid)
            if began(process) == self.began:
                return process
        return None

    def afresh(self) -> Record:
        """Without what is known of a process."""
        return msgspec.structs.replace(self, url="", pid=0, began="", failure=None)


def began(process: psutil.Process) -> str:
    """When a process began: on Linux the tick of which boot, whatever becomes of the clock, else by the clock."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        stat = Path(f"/proc/{process.pid}/stat").read_bytes()
    except OSError:  # another system, or the process has ended, which psutil says
        return str(process.create_time())
    return f"{boot} {stat.rpartition(b')')[2].split()[19].decode()}"  # field 22 of proc(5); the name before may have spaces


class Start(msgspec.Struct, frozen=True):
    """What the process of a deployment is told.

    Attributes
    ----------
    name : str
    lock : int
        The open file of the lock, which it inherits.
    record : Record
    """

    name: str
    lock: int
    record: Record


class Place:
    """The folder of a deployment.

    Parameters
    ----------
    name : str
        One that `check_name` let through.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = _root() / name
        self.model_file = str(self.folder / "model_uri")
        self.log_file = self.folder / "log"
        self._lock = _root() / f"{name}.lock"

    def exists(self) -> bool:
        """Whether there is that deployment, its server alive or not."""
        return (self.folder / "record.json").exists()

    def read(self) -> Record:
        """What is known of it.

        Raises
        ------
        NotFound
            There is no such deployment.
        InvalidState
            Another version of this package wrote it, and this one cannot read it.
        """
        try:
            return msgspec.json.decode((self.folder / "record.json").read_bytes(), type=Record)
        except FileNotFoundError:
            raise NotFound(
                f"There is no deployment {self.name!r} on this machine: list_deployments(), or `jupyter mlops deployments list -t local`, tells which there are."
            ) from None
        except msgspec.MsgspecError as error:
            raise InvalidState(f"What is kept of deployment {self.name!r} in {self.folder} cannot be read here: {error}. Use the version of jupyter-mlops that made it.") from error

    def write(self, record: Record) -> None:
        """Keep what is known of it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._replace("record.json", msgspec.json.encode(record))

    def named_model(self) -> str:
        """Which model its server is to answer by: the version, where a stage or alias is not followed."""
        return Path(self.model_file).read_text(encoding="utf-8")

    def name_model(self, uri: str) -> None:
        """Say which model its server is to answer by."""
        self._replace("model_uri", uri.encode())

    def _replace(self, name: str, content: bytes) -> None:
        with whole_file(str(self.folder / name), _private) as file:
            file.write(content)

    def log(self, since: int = 0) -> str:
        """The last lines of what server and model wrote, from that byte of the file on."""
        with contextlib.suppress(FileNotFoundError), open(self.log_file, "rb") as file:
            file.seek(max(since, os.fstat(file.fileno()).st_size - 4000))
            return "\n".join(file.read().decode(errors="replace").strip().splitlines()[-20:])
        return ""

    @contextlib.contextmanager
    def locked(self) -> Iterator[IO[bytes]]:
        """Nobody else starts or removes it meanwhile; a process that inherits the open file keeps it so while it lives,
        also when it is closed here.

        Raises
        ------
        AlreadyExists
            A server holds it, or another process that starts or removes one.
        """
        import fcntl

        _make_root()
        until = time.monotonic() + _LOOKING_S
        while True:
            with open(self._lock, "wb", opener=_private) as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() < until:
                        time.sleep(0.01)
                        continue
                    raise AlreadyExists(
                        f"A deployment {self.name!r} is there: update or delete it, or choose another name."
                    ) from None
                if not _is_at(file.fileno(), self._lock):  # somebody removed it in between
                    continue
                yield file
                if not file.closed and not self.exists():
                    self._lock.unlink(missing_ok=True)
                return

    def is_alive(self) -> bool:
        """Whether its server lives: somebody holds the lock."""
        import fcntl

        try:
            with open(self._lock, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def stop(self) -> None:
        """End its server, and what that started; requests that are being answered are waited for, for some seconds.

        Raises
        ------
        InvalidState
            It is not a process that this one sees, or something that its model started holds on to the deployment.
        """
        until = time.monotonic() + _END_S
        while self.is_alive() and not self.read().pid and time.monotonic() < until:  # it has just begun
            time.sleep(0.05)
        if not self.is_alive():
            return
        process = self.read().process()
        if process is None:
            raise InvalidState(f"The server of deployment {self.name!r} is no process that can be seen here: end it in its own container.")
        with contextlib.suppress(psutil.NoSuchProcess):
            all_of_it = [process, *process.children(recursive=True)]
            process.terminate()
            until = time.monotonic() + _END_S
            while self.is_alive() and time.monotonic() < until:
                time.sleep(0.05)
            for one in all_of_it:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        until = time.monotonic() + _END_S
        while self.is_alive():  # until the system has ended it
            if time.monotonic() > until:
                raise InvalidState(f"The server of deployment {self.name!r} has ended, but what its model started has not: `fuser {self._lock}` tells which process.")
            time.sleep(0.05)

    def remove(self) -> None:
        """Forget it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def places() -> list[Place]:
    """All that are there, by name."""
    found = sorted(_root().glob("*/record.json")) if _root().is_dir() else []
    return [Place(path.parent.name) for path in found]


def _root() -> Path:
    return Path(data_folder(), "deployments")


def _make_root() -> None:
    os.makedirs(data_folder(), mode=0o700, exist_ok=True)
    own_folder(_root(), "JUPYTER_MLOPS_DATA_DIR")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _is_at(number: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(number), os.stat(path))
    return False
