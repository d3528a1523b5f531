"""The commit that the code of a run comes from, asked of the ``git`` program."""

from __future__ import annotations

import os

from jupyter_mlops.entities.uris import without_credentials

__all__ = ["git_tags"]

_seen: dict[str, tuple[tuple[float, ...], dict[str, str]]] = {}


def git_tags(folder: str) -> dict[str, str]:
    """Commit, branch and remote of the work tree round `folder`; nothing outside of one.

    Notes
    -----
    Asks ``git`` (some ms) once a folder, and again when ``HEAD`` moved. Credentials in the remote's URL are left out.
    """
    top = _work_tree(folder)
    if top is None:
        return {}
    stamp = tuple(_mtime(os.path.join(top, ".git", name)) for name in ("HEAD", "logs/HEAD", "config"))
    if top not in _seen or _seen[top][0] != stamp:
        _seen[top] = (stamp, _ask(top))
    return dict(_seen[top][1])


def _work_tree(folder: str) -> str | None:
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def _mtime(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _ask(top: str) -> dict[str, str]:
    commit = _git(top, "rev-parse", "HEAD")
    if not commit:
        return {}
    tags = {"mlflow.source.git.commit": commit}
    if (branch := _git(top, "rev-parse", "--abbrev-ref", "HEAD")) not in ("", "HEAD"):
        tags["mlflow.source.git.branch"] = branch
    if remote := _git(top, "config", "--get", "remote.origin.url"):
        tags["mlflow.source.git.repoURL"] = without_credentials(remote)
    return tags


def _git(folder: str, *arguments: str) -> str:
    import subprocess  # only where there is a work tree

    try:
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
