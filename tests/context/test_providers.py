"""Each thing that is recorded of a run has a switch, and nothing else is recorded."""

import os

import pytest

from jupyter_mlops.context.sources import providers
from jupyter_mlops.entities.variables import CAPTURES
from jupyter_mlops.errors import InvalidParameter

OF = {
    "user": {"mlflow.user"},
    "host": {"jupyter_mlops.host"},
    "source": {"mlflow.source.name", "mlflow.source.type"},
    "notebook": set(),  # see tests/magics
    "git": {"mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.git.repoURL"},
    "git_diff": {"jupyter_mlops.git.dirty"},
    "python": {"jupyter_mlops.python"},
    "packages": {"jupyter_mlops.packages"},
    "hardware": {"jupyter_mlops.cpu", "jupyter_mlops.memory"},
}
ALL = set().union(*OF.values())
GPU = {"jupyter_mlops.gpu"}  # where there is one


@pytest.fixture
def dirty(repository):
    repository.git("remote", "add", "origin", "https://ann:pa55word@host/code.git")
    repository.write("train.py", "changed\n")
    return repository


def test_all_is_on(dirty, record):
    recorded = record(dirty.folder)
    assert set(recorded.tags) - GPU == ALL | {"mlflow.runName"}
    assert recorded.diff
    assert recorded.user == recorded.tags["mlflow.user"]
    assert recorded.tags["mlflow.source.git.repoURL"] == "https://host/code.git"


@pytest.mark.parametrize("name", OF)
def test_one_is_off(name, dirty, record, monkeypatch):
    monkeypatch.setenv(f"JUPYTER_MLOPS_CAPTURE_{name.upper()}", "0")
    recorded = record(dirty.folder)
    assert set(recorded.tags) - GPU == (ALL - OF[name]) | {"mlflow.runName"}
    assert (recorded.diff is None) == (name == "git_diff")
    assert (recorded.user == "unknown") == (name == "user")
    assert [provider.name for provider in providers() if not provider.on] == [name]


def test_all_are_off_but_one(dirty, record, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE", "0")
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"team": "cellar"}')
    recorded = record(dirty.folder)
    assert (set(recorded.tags), recorded.diff, recorded.user) == ({"mlflow.runName", "team"}, None, "unknown")
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE_HOST", "1")
    assert set(record(dirty.folder).tags) == {"mlflow.runName", "team", "jupyter_mlops.host"}


def test_a_user_that_is_given_is_the_runs_user(record, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE_USER", "0")
    recorded = record(tmp_path, """
        import jupyter_mlops as mlflow
        with mlflow.start_run(tags={"mlflow.user": "bob"}) as run:
            pass
        print(run.info.run_id, run.info.user_id, run.info.artifact_uri)
    """)  # fmt: skip
    assert (recorded.user, recorded.tags["mlflow.user"]) == ("bob", "bob")


def test_the_table_names_each_with_its_switch():
    assert [provider.name for provider in providers()] == list(OF) == list(CAPTURES)
    for provider in providers():
        assert provider.switch == f"JUPYTER_MLOPS_CAPTURE_{provider.name.upper()}"
        assert provider.on
        assert all(f"`{tag}`" in provider.doc or tag.startswith("mlflow.source.git.") for tag in OF[provider.name])


def test_a_switch_that_says_neither_costs_no_run(record, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE_HOST", "maybe")
    with pytest.raises(InvalidParameter):
        providers()
    assert "jupyter_mlops.host" not in record(tmp_path).tags


def test_neither_arguments_nor_the_environment_are_recorded(dirty, patient, monkeypatch):
    monkeypatch.setenv("SOME_API_TOKEN", "t0k3n-of-the-environment")
    monkeypatch.setenv("SOME_HARMLESS_VARIABLE", "v4lue-of-the-environment")
    dirty.write("train.py", "t0k3n-of-the-environment\n")
    os.chdir(dirty.folder)
    patient("""
        import sys, jupyter_mlops as mlflow
        assert sys.argv[1] == "--password=argument-of-the-script"
        with mlflow.start_run():
            pass
    """, "--password=argument-of-the-script")  # fmt: skip
    read = [
        path.read_bytes()
        for folder in ("mlartifacts", "mlops.duckdb.journal")
        for path in dirty.folder.joinpath(folder).rglob("*")
        if path.is_file()
    ]
    assert any(b"+***" in content for content in read)
    for secret in (b"t0k3n", b"v4lue", b"argument-of", b"pa55word"):
        assert not any(secret in content for content in read)


def test_a_script_belongs_to_the_commit_of_its_own_folder(dirty, record, tmp_path):
    script = dirty.write(
        "report.py",
        "import jupyter_mlops as m\nwith m.start_run() as r: pass\nprint(r.info.run_id, r.info.user_id, r.info.artifact_uri)",
    )
    recorded = record(
        tmp_path,
        f"import subprocess, sys; subprocess.run([sys.executable, {str(script)!r}, '--password=x'], check=True)",
    )
    assert recorded.tags["mlflow.source.name"] == str(script)
    assert recorded.tags["mlflow.source.git.commit"] == dirty.git("rev-parse", "HEAD")
    assert b"+changed" in recorded.diff


def test_a_python_that_is_a_clone_itself_as_pyenvs_is_is_no_code_of_the_users(repository, record, tmp_path):
    repository.write("lib/unittest/__main__.py", "")
    recorded = record(
        tmp_path,
        f"""
        import os, sys
        import jupyter_mlops as mlflow
        os.__file__ = {str(repository.folder / "lib" / "os.py")!r}
        sys.modules["__main__"].__file__ = {str(repository.folder / "lib" / "unittest" / "__main__.py")!r}
        with mlflow.start_run() as run:
            pass
        print(run.info.run_id, run.info.user_id, run.info.artifact_uri)
        """,
    )
    assert "mlflow.source.type" in recorded.tags
    assert "mlflow.source.git.commit" not in recorded.tags


def test_nothing_heavy_is_loaded_for_it(dirty, record):
    record(dirty.folder, """
        import sys, jupyter_mlops as mlflow
        with mlflow.start_run() as run:
            pass
        assert not {"duckdb", "pandas", "numpy", "psutil", "pynvml", "IPython", "ipywidgets"} & set(sys.modules)
        print(run.info.run_id, run.info.user_id, run.info.artifact_uri)
    """)  # fmt: skip


@pytest.mark.parametrize(
    "remote",
    [
        "https://ann:pa55word@host/a.git",
        "https::https://ann:pa55word@host/a.git",
        "https://pa55word@host/a",
        "https://host/a?token=pa55word",
    ],
)
def test_the_remote_has_no_credentials(remote, repository):
    from jupyter_mlops.context.git import git_tags

    repository.git("remote", "add", "upstream", remote)  # the only one, whatever its name
    found = git_tags(str(repository.folder))["mlflow.source.git.repoURL"]
    assert "host/a" in found
    assert "pa55word" not in found
