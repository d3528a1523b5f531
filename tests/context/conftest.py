"""Real repositories of the git program, and runs made in them by processes of their own."""

import os
import pathlib
import subprocess
import textwrap
from typing import NamedTuple

import pytest

# A machine with other things to do answers late; what is asserted is the answer.
_PATIENT = """
from jupyter_mlops.context import git
from jupyter_mlops.tracking import captures
git._ANSWER_S = captures._PATIENCE_S = captures._FRESH_S = 60
"""
RUN = """
import jupyter_mlops as mlflow
with mlflow.start_run() as run:
    pass
print(run.info.run_id, run.info.user_id, run.info.artifact_uri)
"""


class Repository:
    """A work tree with one commit of ``train.py`` and ``notes.txt``."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write("train.py", "depth = 3\nprint(depth)\n")
        self.write("notes.txt", "".join(f"{n}\n" for n in range(50)))

    def git(self, *arguments, check=True):
        command = ["git", "-C", self.folder, *arguments]
        return subprocess.run(command, check=check, capture_output=True, text=True).stdout.strip()

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a commit")
        return self.git("rev-parse", "HEAD")


class Recorded(NamedTuple):
    tags: dict
    user: str
    diff: bytes | None

    @property
    def head(self):
        return [line for line in self.diff.decode("utf-8", "replace").split("\n") if line.startswith("# ")]


@pytest.fixture(autouse=True)
def own_git(monkeypatch, own_folder):
    """No settings but those of the test."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ann@host")


@pytest.fixture
def make_repository(tmp_path):
    """Make a repository; committed unless said otherwise."""

    def make(name="work", *, committed=True):
        made = Repository(tmp_path / name)
        if committed:
            made.commit()
        return made

    return make


@pytest.fixture
def repository(make_repository):
    return make_repository()


@pytest.fixture
def patient(python):
    """`python` with a script that waits for git as long as it takes."""
    return lambda script, *arguments: python(_PATIENT + textwrap.dedent(script), *arguments)


@pytest.fixture
def record(patient, sql):
    """Run a script in a folder; what was recorded, as another process reads it."""

    def run(folder, script=RUN):
        before = os.getcwd()
        os.chdir(folder)
        try:
            run_id, user, artifacts = patient(script).split()[-3:]
            store = pathlib.Path(artifacts.partition("/mlartifacts/")[0], "mlops.duckdb")
            tags = dict(sql(f"SELECT key, value FROM tags JOIN runs USING (rid) WHERE run_id = '{run_id}'", str(store)))
        finally:
            os.chdir(before)
        diff = pathlib.Path(artifacts, "source", "git.diff")
        return Recorded(tags, user, diff.read_bytes() if diff.exists() else None)

    return run


@pytest.fixture
def apply(tmp_path):
    """Apply a recorded diff to a fresh clone, which has what was committed and nothing else; returns the folder."""

    def clone_and_apply(repository, recorded):
        clone, patch = tmp_path / "clone", tmp_path / "recorded.diff"
        subprocess.run(["git", "clone", "-q", f"file://{repository.folder}", clone], check=True)
        patch.write_bytes(recorded.diff)
        subprocess.run(["git", "-C", clone, "apply", "--whitespace=nowarn", patch], check=True)
        return clone

    return clone_and_apply
