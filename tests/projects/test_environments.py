"""Environments of projects: made once per content, by one process, and told of when they cannot be made."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import zipfile

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.environments.builds import environment_in_use, kept_environments, remove_environment
from jupyter_mlops.environments.installers import Installer
from jupyter_mlops.environments.pips import find_uv
from jupyter_mlops.environments.specifications import Specification, read_conda_file, read_python_file
from jupyter_mlops.errors import EnvironmentFailed, InvalidState
from jupyter_mlops.exceptions import ExecutionException
from tests.cli.conftest import mlops  # noqa: F401 - a fixture

MLPROJECT = "name: wine\npython_env: python_env.yaml\nentry_points: {main: {command: 'python main.py'}}"
MAIN = "import json, os, sys, grape\njson.dump([grape.colour, sys.prefix, os.environ['MLFLOW_RUN_ID']], open('seen.json', 'w'))"


@pytest.fixture(autouse=True)
def _own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "environments"))


@pytest.fixture
def wine(project):
    """A project that needs a package, which lies beside it."""
    folder = project(**{"MLproject": MLPROJECT, "main.py": MAIN, "python_env.yaml": "dependencies: [-r needed.txt]", "needed.txt": "./grape-1.0-py3-none-any.whl # it"})
    with zipfile.ZipFile(folder / "grape-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("grape.py", "colour = 'red'")
        wheel.writestr("grape-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: grape\nVersion: 1.0\n")
        wheel.writestr("grape-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("grape-1.0.dist-info/RECORD", "grape.py,,\ngrape-1.0.dist-info/METADATA,,\ngrape-1.0.dist-info/WHEEL,,\ngrape-1.0.dist-info/RECORD,,\n")
    return folder


@pytest.mark.parametrize("manager", ["virtualenv", "uv"])
def test_an_environment_is_made_once_and_used_again(wine, manager):
    for _ in range(2):
        run = mlflow.get_run(projects.run(str(wine), env_manager=manager).run_id)
        assert run.data.tags["mlflow.project.env"] == manager
        colour, prefix, run_id = json.loads((wine / "seen.json").read_text())
        assert (colour, run_id) == ("red", run.info.run_id)
        assert [prefix] == [kept.folder for kept in kept_environments()]
    (wine / "needed.txt").write_text("./grape-1.0-py3-none-any.whl\nsix")
    assert len(kept_environments()) == 1
    assert remove_environment(prefix)
    assert kept_environments() == []


def test_two_processes_make_one_environment(wine):
    program = [sys.executable, "-c", f"from jupyter_mlops import projects; projects.run({str(wine)!r}, env_manager='virtualenv')"]
    processes = [subprocess.Popen(program, env=os.environ, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert len(kept_environments()) == 1
    assert {run.info.status for run in mlflow.search_runs(output_format="list")} == {"FINISHED"}


@pytest.mark.parametrize("manager", ["virtualenv", "uv"])
def test_an_environment_that_cannot_be_made_fails_the_run_and_tells_why(manager, wine, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as kernels do
    (wine / "needed.txt").write_text("./none-1.0-py3-none-any.whl")
    with pytest.raises(ExecutionException, match=rf"environment \({manager}\) cannot be made") as error:
        projects.run(str(wine), env_manager=manager)
    assert "none-1.0" in str(error.value)
    assert "\x1b" not in str(error.value)
    assert "\n" not in str(error.value)
    (run,) = mlflow.search_runs(output_format="list")
    assert run.info.status == "FAILED"
    assert "none-1.0" in mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/environment.log")
    assert kept_environments() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dependencies: six", "are a list"),
        ("dependences: [six]", "unknown entries dependences"),
        ("dependencies: [-r none.txt]", "which cannot be read"),
        ("dependencies: [-r loop.txt]", "name each other"),
        ("python: 2001-13-45", "cannot be read: month must be"),
        ("python: " + "[" * 3000, "cannot be read"),
        ("python: '2.7'", "needs Python 2.7, which is not on this machine"),
    ],
)
def test_environments_that_cannot_be_read_are_told(wine, text, said):
    (wine / "python_env.yaml").write_text(text)
    (wine / "loop.txt").write_text("-r loop.txt")
    with pytest.raises(ExecutionException) as error:
        projects.run(str(wine), env_manager="virtualenv")
    assert said in str(error.value)


def test_requirements_have_hashes_constraints_and_apostrophes(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "python_env.yaml").write_text("dependencies: [-r in/base.txt, \"./it's.whl\"]")
    (tmp_path / "in" / "base.txt").write_text("six==1.16.0 \\\n    --hash=sha256:ab\n# don't\n--constraint=most.txt\n-rmore.txt  # too")
    (tmp_path / "in" / "more.txt").write_text("-c https://host/most.txt\nnumpy")
    most = tmp_path / "in" / "most.txt"
    most.write_text("numpy<2")
    before = read_python_file(str(tmp_path / "python_env.yaml"))
    assert [line.partition("  #")[0] for line in before.dependencies] == ["six==1.16.0 \\", "--hash=sha256:ab", f"-c {most}", "-c https://host/most.txt", "numpy", "./it's.whl"]
    most.write_text("numpy<3")
    assert read_python_file(str(tmp_path / "python_env.yaml")).digest() != before.digest()


def test_an_archive_is_known_by_what_is_in_it(tmp_path):
    for name, content in {"one": "1", "same": "1", "other": "2"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "grape-1.0.whl").write_text(content)
    for line in ("grape-1.0.whl", "./grape-1.0.whl"):
        one, same, other = (Specification(dependencies=(line,), folder=str(tmp_path / name)).digest() for name in ("one", "same", "other"))
        assert one == same != other


def test_constraints_beside_the_project_hold(wine):
    (wine / "needed.txt").write_text("-c most.txt\n./grape-1.0-py3-none-any.whl")
    (wine / "most.txt").write_text("grape<1")
    with pytest.raises(ExecutionException, match=r"grape<1"):
        projects.run(str(wine), env_manager="uv")


@pytest.mark.parametrize(
    ("given", "python"),
    [("=3.11", "3.11"), ("==3.11.4", "3.11.4"), ("=3.11=h1_0", "3.11"), ("=3.11.*", "3.11"), (">=3.9,<3.12", "3.9"), (">=3.9", "3.9"), ("<3.12", ""), ("", "")],
)
def test_the_python_of_a_conda_file(tmp_path, given, python):
    (tmp_path / "conda.yaml").write_text(f"dependencies: ['python{given}']")
    assert read_conda_file(str(tmp_path / "conda.yaml")).python == python


@pytest.mark.parametrize("text", ["dependencies: grape", "dependencies: [python, {pip: grape}]"])
def test_packages_of_a_conda_file_are_a_list(tmp_path, text):
    (tmp_path / "conda.yaml").write_text(text)
    with pytest.raises(ExecutionException, match="are a list, not 'grape'"):
        read_conda_file(str(tmp_path / "conda.yaml"))


def test_a_conda_file_serves_without_conda(wine, monkeypatch):
    (wine / "MLproject").write_text(MLPROJECT.replace("python_env: python_env.yaml", "conda_env: conda.yaml"))
    (wine / "conda.yaml").write_text(f"dependencies: [python={'.'.join(map(str, sys.version_info[:2]))}, pip, {{pip: [./grape-1.0-py3-none-any.whl]}}]")
    assert projects.run(str(wine), env_manager="virtualenv").get_status() == "FINISHED"
    monkeypatch.setenv("PATH", os.path.dirname(shutil.which("bash")))
    if not any(map(shutil.which, ("micromamba", "mamba", "conda"))):
        with pytest.raises(ExecutionException, match="None of micromamba, mamba and conda is on the PATH"):
            projects.run(str(wine), env_manager="conda")


def test_what_others_could_have_put_there_is_not_run(tmp_path, wine):
    root = tmp_path / "environments"
    for name in ("virtualenv", "venv"):
        pathlib.Path(f"{name}.py").write_text("raise SystemExit('planted')")
    shutil.copytree(wine, tmp_path / "shared" / "wine")
    needs = read_python_file(str(tmp_path / "shared" / "wine" / "python_env.yaml"))
    for place in (tmp_path, tmp_path / "shared"):
        (place / "uv.toml").write_text("planted = [")
    with environment_in_use("uv", needs) as environment:
        pass
    assert remove_environment(environment.folder)
    (tmp_path / "shared" / "wine" / "uv.toml").write_text("planted = [")  # its own
    with pytest.raises(EnvironmentFailed, match="planted"), environment_in_use("uv", needs):
        pass
    with environment_in_use("virtualenv", Specification()) as environment:
        assert (root.stat().st_mode & 0o777, os.stat(environment.folder).st_mode & 0o777) == (0o700, 0o700)
    for place, told in ((root, "name another place by MLFLOW_ENV_ROOT"), (pathlib.Path(environment.folder), "others own it or may write to it")):
        place.chmod(0o770)
        with pytest.raises(InvalidState, match=told), environment_in_use("virtualenv", Specification()):
            pass
        place.chmod(0o700)
    with environment_in_use("virtualenv", Specification()):
        pass


@pytest.mark.parametrize("manager", ["virtualenv", "uv"])
def test_passwords_of_indexes_are_used_and_kept_nowhere(wine, manager, tmp_path, sql):
    (wine / "needed.txt").write_text("--extra-index-url https://ann:sesame@127.0.0.1:9/simple\n./grape-1.0-py3-none-any.whl")
    projects.run(str(wine), env_manager=manager)
    (kept,) = kept_environments()
    assert "127.0.0.1:9/simple" in (pathlib.Path(kept.folder) / "made.json").read_text()
    found = [path for path in tmp_path.rglob("*") if path.is_file() and b"sesame" in path.read_bytes() and path.name != "needed.txt"]
    assert found == []


def test_what_installers_say_is_kept_without_passwords(tmp_path):
    log = tmp_path / "environment.log"
    with Installer("environment", str(log)) as installer, pytest.raises(ExecutionException) as error:
        installer.note("Left out: https://ann:sesame@host/conda::numpy")
        installer.call(["bash", "-c", "echo 'no answer of https://ann:ses/ame@host/simple/'; exit 1"])
    assert "https://host/simple/" in log.read_text() and "https://host/conda::numpy" in log.read_text()
    assert "ann" not in f"{log.read_text()} {error.value}".replace("cannot", "")


@pytest.mark.parametrize("text", ["dependencies: --index-url https://ann:sesame@host/", "dependencies: [--index-url https://ann:sesame@host/"])
def test_errors_of_files_show_no_password(tmp_path, text):
    for read in (read_python_file, read_conda_file):
        (tmp_path / "env.yaml").write_text(text)
        with pytest.raises(ExecutionException) as error:
            read(str(tmp_path / "env.yaml"))
        assert "sesame" not in str(error.value)


SLOW_UV = """#!/bin/bash
echo $$ > {place}/began.part && mv {place}/began.part {place}/began
test -e {place}/again || exec sleep 60
exec {uv} "$@"
"""


def test_one_that_was_killed_while_it_was_made_is_made_anew(wine, tmp_path, monkeypatch):
    place = tmp_path / "programs"
    place.mkdir()
    (place / "uv").write_text(SLOW_UV.format(place=place, uv=find_uv()))
    (place / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    program = [sys.executable, "-c", f"from jupyter_mlops import projects; projects.run({str(wine)!r}, env_manager='uv')"]
    with subprocess.Popen(program, env=os.environ, stderr=subprocess.PIPE, text=True) as launcher:
        while not (place / "began").exists():
            assert launcher.poll() is None
            time.sleep(0.05)
        launcher.kill()
        assert "Making the environment (uv)" in launcher.stderr.read()
    (place / "again").touch()
    assert projects.run(str(wine), env_manager="uv").get_status() == "FINISHED"  # waits for the installer, which is ended
    assert not os.path.exists(f"/proc/{(place / 'began').read_text().strip()}")
    (kept,) = kept_environments()
    os.unlink(f"{kept.folder}/bin/python")
    assert projects.run(str(wine), env_manager="uv").get_status() == "FINISHED"


def test_gc_removes_what_nobody_uses(wine, mlops):  # noqa: F811
    projects.run(str(wine), env_manager="uv")
    (kept,) = kept_environments()
    assert mlops("gc", "--envs", "--older-than", "1d").stdout == "In all 0 environments, 0 B. Nothing was removed: add --yes.\n"
    assert "would be removed\nIn all 1 environments" in mlops("gc", "--envs", "--dry-run", "--yes").stdout
    with environment_in_use("uv", read_python_file(str(wine / "python_env.yaml"))) as environment:
        assert environment.folder == kept.folder
        assert "is in use, and stays" in mlops("gc", "--envs", "--yes").stdout
    assert len(kept_environments()) == 1
    assert f"{kept.folder}  " in mlops("gc", "--envs", "--yes").stdout
    assert kept_environments() == []
