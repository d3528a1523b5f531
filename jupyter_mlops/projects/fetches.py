"""The folder of a project: one on this machine as it is, a Git repository or an archive fetched into a temporary one."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import zipfile
import zlib
from pathlib import PurePosixPath

import msgspec

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.context.git import git_tags, git_variables, work_tree
from jupyter_mlops.entities.processes import end_group
from jupyter_mlops.entities.tags import BRANCH_TAG, COMMIT_TAG, REPOSITORY_TAG
from jupyter_mlops.entities.uris import local_path, path_to_uri, without_credentials, without_secrets
from jupyter_mlops.errors import ExecutionException, InvalidParameter
from jupyter_mlops.projects.folders import Folders

__all__ = ["Fetched", "fetch"]

_GIT = re.compile(r"(?:git\+)?(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:")
_FETCH_S = 600
_MOST_FILES, _MOST_BYTES = 100_000, 10 * 2**30


class Fetched(msgspec.Struct, frozen=True):
    """A project's folder, what it is called in runs, and the tags that say where it comes from."""

    folder: str
    name: str
    tags: dict[str, str]


def fetch(uri: str, version: str | None, folders: Folders) -> Fetched:
    """The project at a URI, as a folder here.

    Parameters
    ----------
    uri : str
        A folder, ``file://`` URI, Git URL, or archive that ends in ``.zip``; ``#sub/folder`` goes into a repository or archive.
    version : str, optional
        Branch, tag or commit of a repository.
    folders : Folders
        Makes one for what is fetched.

    Raises
    ------
    ExecutionException
        There is no such project or version.
    InvalidParameter
        An archive whose files would lie outside of it.
    """
    place, _, inner = (uri, "", "") if os.path.isdir(os.path.expanduser(uri)) else uri.partition("#")
    if inner and (".." in PurePosixPath(inner).parts or inner.startswith("/")):
        raise ExecutionException(f"{without_credentials(place)}#{inner}: the part behind # is a folder inside, without '..'.")
    here = None if _GIT.match(place) else local_path(place)
    if here and os.path.isdir(here) and version is None and not inner and not _is_bare(here):
        return Fetched(here, *_named(here))
    if here and os.path.isdir(here) and not _is_repository(here):
        said = f"It is no Git repository, so it has no version {version!r}." if version else "Only repositories have a part behind #."
        raise ExecutionException(f"{here}: {said}")
    copy = folders.make("project")
    if place.endswith(".zip"):
        _unpack(place, copy)
        name, tags = without_credentials(uri), {}
    elif here is None or os.path.isdir(here):
        name, tags = without_credentials(uri) if here is None else uri, _clone(here or place, version, copy)
    else:
        raise ExecutionException(f"There is no project at {without_secrets(uri)!r}: it is no folder here, no Git URL and no .zip.")
    folder = os.path.join(copy, inner)
    if not os.path.isdir(folder):
        raise ExecutionException(f"There is no folder {inner!r} in {without_credentials(place)}.")
    return Fetched(folder, name, tags)


def _named(folder: str) -> tuple[str, dict[str, str]]:
    """What a folder here is called, and the commit that it has."""
    top = work_tree(folder)
    if top is None:
        return folder, {}
    below = os.path.relpath(folder, top)
    tags = {key: value for key, value in git_tags(top).items() if key != BRANCH_TAG}
    return path_to_uri(top) + ("" if below == "." else f"#{below}"), tags


def _is_bare(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "HEAD")) and os.path.isdir(os.path.join(folder, "objects"))


def _is_repository(folder: str) -> bool:
    return _is_bare(folder) or os.path.exists(os.path.join(folder, ".git"))


def _clone(place: str, version: str | None, folder: str) -> dict[str, str]:
    """Fetch one commit of a repository; returns the tags of it."""
    url = place.removeprefix("git+")
    shown = without_credentials(url)
    if version is not None and version.startswith("-"):
        raise ExecutionException(f"{version!r} is no branch, tag or commit.")
    _git(folder, "init", "--quiet")
    _git(folder, "remote", "add", "origin", url)
    try:
        _git(folder, "fetch", "--quiet", "--depth", "1", "--tags", "origin", version or "HEAD")
        _git(folder, "checkout", "--quiet", "FETCH_HEAD")
    except _GitFailed:
        if version is None:
            raise
        _fetch_all(folder, shown, version)  # such as a commit's short name, which no server is asked for
    _git(folder, "submodule", "update", "--init", "--recursive", "--quiet")
    commit = _git(folder, "rev-parse", "HEAD").strip()
    branch = version if version and _git(folder, "ls-remote", "--heads", "origin", version).strip() else None
    return {COMMIT_TAG: commit, REPOSITORY_TAG: shown} | ({BRANCH_TAG: branch} if branch else {})


def _fetch_all(folder: str, shown: str, version: str) -> None:
    _git(folder, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    try:
        _git(folder, "checkout", "--quiet", "--detach", version, "--")
    except _GitFailed:
        raise ExecutionException(f"The repository {shown} has no branch, tag or commit {version!r}.") from None


class _GitFailed(ExecutionException):
    """What git said."""


def _git(folder: str, *arguments: str) -> str:
    command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-C", folder, *arguments]
    try:
        process = subprocess.Popen(
            command, env=git_variables(), text=True, errors="replace", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except OSError:
        raise ExecutionException("The program git is not installed, which projects of repositories need.") from None
    try:
        out, said = process.communicate(timeout=_FETCH_S)
    except subprocess.TimeoutExpired:
        raise ExecutionException(f"git {arguments[0]} took longer than {_FETCH_S} s.") from None
    finally:
        end_group(process)
    if process.returncode:
        said = without_secrets(" ".join(said.split()))
        raise _GitFailed(f"git {arguments[0]}: {said}")
    return out


def _unpack(place: str, folder: str) -> None:
    archive, shown = local_path(place), without_credentials(place)
    if _GIT.match(place):
        archive = download_artifacts(place, dst_path=folder)
    if not os.path.isfile(archive):
        raise ExecutionException(f"There is no archive {shown!r}.")
    try:
        with zipfile.ZipFile(archive) as file:
            _check_members(shown, file.infolist())
            file.extractall(folder)
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, zlib.error) as error:  # encrypted, broken, names that are no files here
        raise ExecutionException(f"{shown!r} is no archive that can be read: {error}") from None


def _check_members(shown: str, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", member.filename):
            raise InvalidParameter(f"{shown!r} has a file {member.filename!r}, which would lie outside of it.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InvalidParameter(f"{shown!r} has a link {member.filename!r}; archives of projects have files alone.")
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
        raise InvalidParameter(f"{shown!r} has more than {_MOST_FILES:,} files or {_MOST_BYTES >> 30} GiB.")
