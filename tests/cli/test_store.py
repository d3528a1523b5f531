"""``jupyter mlops store …`` as a user's shell runs it: what it prints, its exit codes, one line for an error."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import click
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.cli.main import run
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.version import __version__


@pytest.fixture
def store():
    """A folder with a store of two runs."""
    for number in range(2):
        with mlflow.start_run():
            mlflow.log_metric("loss", number)
            mlflow.log_text("notes", "notes.txt")
    return open_store().path


def test_jupyter_finds_the_command():
    done = subprocess.run(
        [pathlib.Path(sys.executable).with_name("jupyter"), "mlops", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"jupyter mlops, version {__version__}\n"


def test_every_command_has_help(mlops):
    assert "Commands:" in mlops("--help").stdout
    assert "Usage: jupyter mlops store info" in mlops("store", "info", "--help").stdout
    for group in (run, run.get_command(None, "store")):
        for name in group.list_commands(None):
            command = group.get_command(click.Context(group), name)
            assert command.get_help(click.Context(command, info_name=name)).startswith(f"Usage: {name}")
            assert command.help and group._table[name][1].endswith(".")


def test_the_list_of_commands_imports_none(mlops):
    code = "import sys; sys.argv[1:] = ['--help']\ntry:\n    from jupyter_mlops.cli.main import main; main()\nfinally:\n    print(sorted(set(sys.modules) & {'duckdb', 'pandas', 'msgspec', 'numpy', 'jupyter_mlops.cli.runs'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_info_counts(store, mlops):
    shown = dict(line.split(None, 1) for line in mlops("store", "info").stdout.splitlines() if " " in line)
    assert (shown["store"], shown["runs"]) == (store, "2")
    told = json.loads(mlops("store", "info", "--json", "--store", store, cwd="/").stdout)
    assert told["counts"]["metric points"] == 2
    assert told["artifacts"] == {"files": 2, "size": 10}
    assert told["path"] == store


def test_a_store_that_is_not_there_is_an_error_and_is_not_made(mlops):
    done = mlops("store", "info", "--store", "nowhere.duckdb", code=1)
    assert done.stderr.startswith("Error: There is no store at ")
    assert len(done.stderr.splitlines()) == 1
    assert not [name for name in os.listdir() if name.startswith("nowhere")]


def test_backup_and_restore(store, mlops):
    folder = mlops("store", "backup").stdout.split()[0]
    assert os.path.isfile(os.path.join(folder, "mlops.duckdb"))
    shutil.rmtree("mlartifacts")
    assert folder in mlops("store", "restore", "--list").stdout
    refused = mlops("store", "restore", code=130, input="n\n")
    assert "Bring" in refused.stderr
    done = mlops("store", "restore", folder, "--yes")
    assert "2 artifacts were put back" in done.stdout
    assert len(mlflow.search_runs()) == 2
    for _ in range(3):
        mlops("store", "backup", "--no-artifacts", "--to", "place", "--keep", "2")
    assert len([name for name in os.listdir("place") if name != ".gitignore"]) == 2


def test_a_restore_to_a_place_where_nothing_is(store, mlops):
    folder = mlops("store", "backup").stdout.split()[0]
    os.mkdir("other")
    mlops("store", "restore", folder, "--store", "other/mlops.duckdb", "-y")
    assert json.loads(mlops("store", "info", "--json", "--store", "other").stdout)["counts"]["runs"] == 2
    assert len(list(pathlib.Path("other/mlartifacts").rglob("notes.txt"))) == 2


def test_check_tells_and_repairs(store, mlops):
    mlflow.search_runs()
    assert mlops("store", "check").stdout.endswith("Everything is in order.\n")
    script = f"import duckdb; duckdb.connect({store!r}).execute(\"INSERT INTO params VALUES (99, 'a', 'b', 1)\")"
    subprocess.run([sys.executable, "-c", script], check=True)
    told = mlops("store", "check", code=1).stdout
    assert "broken  1 rows of params belong to no run." in told
    assert "--repair" in told
    assert "mended  1 rows of params" in mlops("store", "check", "--repair").stdout
    assert json.loads(mlops("store", "check", "--json").stdout)["findings"] == []


def test_a_corrupted_store_names_the_backup_and_the_command(store, mlops):
    folder = mlops("store", "backup").stdout.split()[0]
    with open(store, "r+b") as file:
        file.truncate(9000)
    told = mlops("store", "info", code=1).stderr
    assert "damaged" in told
    assert folder in told
    assert "jupyter mlops store restore" in told
    assert folder in mlops("store", "check", code=1).stdout
    mlops("store", "restore", "-y")
    assert json.loads(mlops("store", "info", "--json").stdout)["counts"]["runs"] == 2


def test_compact_export_and_migrate(store, mlops):
    assert "now." in mlops("store", "compact").stdout
    assert "runs.parquet" in mlops("store", "export", "out").stdout
    assert os.path.isfile("out/latest_metrics.parquet")
    assert "already" in mlops("store", "export", "out", code=1).stderr
    assert mlops("store", "migrate").stdout.endswith("nothing to do.\n")


def test_what_cannot_be_read_is_a_usage_error(mlops):
    assert "No such command" in mlops("store", "explode", code=2).stderr
    assert "No such option" in mlops("store", "info", "--what", code=2).stderr


def test_a_file_that_is_no_store_stays_as_it_is(mlops):
    pathlib.Path("notes.txt").write_text("precious")
    for arguments in (["info"], ["check", "--repair"], ["restore", "-y"]):
        assert "is not a DuckDB file" in mlops("store", *arguments, "--store", "notes.txt", code=1).stderr
    assert pathlib.Path("notes.txt").read_text() == "precious"
    assert not [name for name in os.listdir() if name.startswith("notes.txt.")]
