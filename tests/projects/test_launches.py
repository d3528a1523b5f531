"""Projects are fetched, checked and run as runs that anybody can read."""

import itertools
import os
import pathlib
import signal
import subprocess
import sys
import time
import zipfile

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.exceptions import ExecutionException, MlflowException


def test_a_run_has_params_tags_and_what_its_program_logged(project):
    folder = project()
    submitted = projects.run(str(folder), parameters={"alpha": 0.7, "note": "a b"}, experiment_name="wines", run_name="first")
    run = mlflow.get_run(submitted.run_id)
    assert submitted.get_status() == run.info.status == "FINISHED"
    assert submitted.wait() is True
    assert mlflow.get_experiment(run.info.experiment_id).name == "wines"
    assert run.info.run_name == "first"
    assert run.data.params == {"alpha": "0.7", "data": "data.csv", "note": "a b"}
    assert run.data.metrics == {"score": 1.4}
    assert run.data.tags["data"] == "a,b"
    assert run.data.tags["others"] == "--note a b"
    assert run.data.tags["mlflow.source.name"] == str(folder)
    assert run.data.tags["mlflow.source.type"] == "PROJECT"
    assert run.data.tags["mlflow.project.entryPoint"] == "main"
    assert run.data.tags["mlflow.project.backend"] == "local"
    assert "mlflow.project.env" not in run.data.tags
    assert mlflow.active_run() is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"parameters": {"alpha": "x", "data": "none.csv"}}, "alpha is 'x', not a number; data is 'none.csv', not a file or folder"),
        ({"entry_point": "validate"}, "no value for model_path. It takes model_path: path"),
        ({"entry_point": "validat"}, "There are: main, validate. Did you mean 'validate'?"),
        ({"entry_point": "none.py"}, "There is no file none.py"),
        ({"entry_point": "../outside.py"}, "There is no file"),
        ({"parameters": {"alpha": "1\0"}}, "'alpha' has a character NUL, which no program can be given"),
        ({"parameters": {"a\0b": "1"}}, r"'a\x00b' has a character NUL"),
        ({"parameters": {"note": "é" * 70_000}}, "longer than 131,071 bytes, which no system takes. Its longest parameter is 'note', of 70,000 characters"),
        ({"version": "v1"}, "no Git repository"),
        ({"backend": "kubernets"}, "no backend 'kubernets'"),
        ({"env_manager": "poetry"}, "env_manager is one of local, virtualenv, uv, conda"),
        ({"experiment_name": "a", "experiment_id": "1"}, "not both"),
        ({"uri": "ssh://none.invalid/x.git"}, "git fetch: "),
        ({"uri": "none"}, "There is no project at 'none'"),
        ({"uri": "none.zip"}, "There is no archive"),
        ({"backend_config": "none.json"}, "cannot be read as JSON"),
    ],
)
def test_what_cannot_be_run_is_told_before_there_is_a_run(project, options, said, sql, tmp_path):
    (tmp_path / "outside.py").write_text("")
    with pytest.raises(MlflowException) as error:
        projects.run(**{"uri": str(project())} | options)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert mlflow.search_runs(search_all_experiments=True).empty


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entry_points: {main: {command: 'echo {x}'}}", "{x}, which is no parameter"),
        ("entry_points: {main: {command: 'echo {'}}", "cannot be read"),
        ("entry_points: {main: {comand: x}}", "needs a command"),
        ("entry_points: {main: {command: x, parameter: {}}}", "Did you mean 'parameters'?"),
        ("entry_points: {main: {command: x, parameters: {a: flaot}}}", "of type 'flaot'; there are string, float, int, path, uri"),
        ("python_env: a.yaml\nconda_env: b.yaml", "one environment"),
        ("python_env: none.yaml", "there is no such file"),
        ("conda_env: ../conda.yaml", "there is no such file"),
        ("docker_env: {image: x}", "needs a name"),
        ("- a", "must have entries"),
        ("a: [", "cannot be read"),
        ("name: [&a [x, x, x, x, x, x, x, x, x, x]" + "".join(f", &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in itertools.pairwise("abcdefg")) + "]", "more than 1,000,000 nodes"),
    ],
)
def test_a_file_that_is_no_project_is_told(project, text, said):
    with pytest.raises(ExecutionException) as error:
        projects.run(str(project(MLproject=text)))
    assert said in str(error.value)


def test_a_program_that_fails_fails_its_run(project):
    folder = project(**{"train.py": "raise SystemExit(3)"})
    with pytest.raises(ExecutionException, match="exited with 3"):
        projects.run(str(folder))
    assert [run.info.status for run in mlflow.search_runs(output_format="list")] == ["FAILED"]


def test_steps_are_children_of_the_run_that_begins_them(project):
    folder = project(
        **{
            "MLproject": "entry_points: {main: {command: python steps.py}, step: {parameters: {n: int}, command: 'python step.py {n}'}}",
            "steps.py": "from jupyter_mlops import projects\nfor n in (1, 2):\n    projects.run('.', 'step', parameters={'n': n})\n",
            "step.py": "import sys, jupyter_mlops as mlflow\nwith mlflow.start_run(): mlflow.log_metric('n', int(sys.argv[1]))\n",
        }
    )
    main = projects.run(str(folder)).run_id
    children = [run for run in mlflow.search_runs(output_format="list") if run.info.run_id != main]
    assert {run.data.tags["mlflow.parentRunId"] for run in children} == {main}
    assert sorted(run.data.metrics["n"] for run in children) == [1, 2]
    assert mlflow.get_run(main).info.status == "FINISHED"


def test_repositories_are_run_at_a_version_and_left_nowhere(project, git, tmp_path):
    folder = project("repository", **{"sub/MLproject": "entry_points: {main: {command: 'python where.py'}}",
                                      "sub/where.py": "import jupyter_mlops as m\nwith m.start_run(): m.set_tag('said', 'one')"})  # fmt: skip
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "v1")
    (folder / "sub" / "where.py").write_text("import jupyter_mlops as m\nwith m.start_run(): m.set_tag('said', 'two')")
    git(folder, "commit", "-q", "-a", "-m", "two")
    commits = git(folder, "log", "--format=%H").split()
    storage = tmp_path / "storage"
    said = []
    for version in ("v1", "main", commits[1], commits[1][:8], None):
        run = mlflow.get_run(projects.run(f"file://{folder}#sub", version=version, storage_dir=str(storage)).run_id)
        said.append((run.data.tags["said"], run.data.tags["mlflow.source.git.commit"]))
        assert run.data.tags.get("mlflow.source.git.branch") == ("main" if version == "main" else None)
    assert said == [("one", commits[1]), ("two", commits[0]), ("one", commits[1]), ("one", commits[1]), ("two", commits[0])]
    assert list(storage.iterdir()) == []
    with pytest.raises(ExecutionException, match="no branch, tag or commit 'v9'"):
        projects.run(f"file://{folder}#sub", version="v9", storage_dir=str(storage))
    with pytest.raises(ExecutionException, match="no folder 'none'"):
        projects.run(f"file://{folder}#none", storage_dir=str(storage))
    assert list(storage.iterdir()) == []


def test_a_folder_in_a_work_tree_is_called_by_it(project, git):
    folder = project("repository", **{"sub/hello.sh": "true"})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    tags = mlflow.get_run(projects.run(str(folder / "sub"), "hello.sh").run_id).data.tags
    assert tags["mlflow.source.name"] == f"file://{folder}#sub"
    assert tags["mlflow.source.git.commit"] == git(folder, "rev-parse", "HEAD").strip()


def test_a_folder_may_have_a_hash_in_its_name(project):
    assert projects.run(str(project("c#d", **{"hello.sh": "true"})), "hello.sh").get_status() == "FINISHED"


def test_archives_stay_inside_of_their_folder(project, tmp_path):
    folder = project()
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    with zipfile.ZipFile(good, "w") as file:
        for path in folder.iterdir():
            file.write(path, path.name)
    assert projects.run(str(good)).get_status() == "FINISHED"
    with zipfile.ZipFile(bad, "w") as file:
        file.writestr("../evil.py", "x")
    with pytest.raises(MlflowException, match="outside of it") as error:
        projects.run(str(bad))
    assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    assert not (tmp_path / "evil.py").exists()
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    for name in ("file/below", "a" * 300):
        with zipfile.ZipFile(bad, "w") as file:
            file.writestr("file", "x")
            file.writestr(name, "x")
        with pytest.raises(ExecutionException, match="no archive that can be read"):
            projects.run(str(bad))
    content = bytearray(good.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    bad.write_bytes(content)
    with pytest.raises(ExecutionException, match="is encrypted"):
        projects.run(str(bad))
    for name, said in ((link, "has a link"), ("/etc/evil.py", "outside of it"), ("C:\\evil.py", "outside of it")):
        with zipfile.ZipFile(bad, "w") as file:
            file.writestr(name, "/etc")
        with pytest.raises(MlflowException, match=said):
            projects.run(str(bad))


SLEEPS = """
import os, subprocess, sys, time, pathlib
import jupyter_mlops as mlflow
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with mlflow.start_run():
    mlflow.log_metric("begun", 1)
    pathlib.Path("pids").write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)
"""


def _pids(folder: pathlib.Path) -> list[int]:
    until = time.monotonic() + 60
    while not (folder / "pids").exists() or len((folder / "pids").read_text().split()) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    return [int(pid) for pid in (folder / "pids").read_text().split()]


def _is_there(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_cancelled_run_leaves_nothing_running(project):
    folder = project(**{"train.py": SLEEPS})
    submitted = projects.run(str(folder), synchronous=False)
    pids = _pids(folder)
    assert submitted.get_status() == "RUNNING"
    submitted.cancel()
    assert submitted.get_status() in ("KILLED", "FAILED")
    assert not any(map(_is_there, pids))
    assert submitted.wait() is False


def test_an_interrupt_ends_the_program_with_all_that_it_started(project):
    folder = project(**{"train.py": SLEEPS})
    program = [sys.executable, "-c", f"from jupyter_mlops import projects; projects.run({str(folder)!r})"]
    with subprocess.Popen(program, stderr=subprocess.DEVNULL, env=os.environ) as process:
        pids = _pids(folder)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    assert not any(map(_is_there, pids))
    assert [run.info.status for run in mlflow.search_runs(output_format="list")] != ["RUNNING"]


def test_a_run_goes_on_when_whoever_began_it_ends(project):
    folder = project(**{"train.py": "import time, jupyter_mlops as m\ntime.sleep(1)\nwith m.start_run(): m.log_metric('late', 1)\n"})
    program = f"from jupyter_mlops import projects; print(projects.run({str(folder)!r}, synchronous=False).run_id)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    run_id = done.stdout.split()[-1]
    until = time.monotonic() + 60
    while mlflow.get_run(run_id).info.status == "RUNNING" and time.monotonic() < until:
        time.sleep(0.1)
    assert mlflow.get_run(run_id).data.metrics == {"late": 1}
    assert mlflow.get_run(run_id).info.status == "FINISHED"


def test_a_run_is_gone_on_with(project):
    with mlflow.start_run() as run:
        mlflow.log_param("other", 1)
    assert projects.run(str(project()), run_id=run.info.run_id).run_id == run.info.run_id
    assert mlflow.get_run(run.info.run_id).data.params == {"other": "1", "alpha": "0.5", "data": "data.csv"}


def test_a_version_of_a_work_tree_is_the_commit_and_not_what_was_changed_since(project, git):
    folder = project("repository", **{"MLproject": "entry_points: {main: {command: cat said}}", "said": "committed"})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "said").write_text("changed")
    run_id = projects.run(str(folder), version="main").run_id
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/output.log") == "committed"


def test_secrets_are_in_no_tag_log_or_error(project, git, monkeypatch, sql, capfd):
    folder = project("repository", **{"MLproject": "entry_points: {main: {command: 'echo https://ann:sesame@host/x; echo $MLFLOW_TRACKING_TOKEN; sleep 0.1'}}"})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    config = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{folder}.insteadOf", "GIT_CONFIG_VALUE_0": "https://ann:sesame@git.invalid/x.git"}
    for name, value in config.items():
        monkeypatch.setenv(name, value)
    run = mlflow.get_run(projects.run("https://ann:sesame@git.invalid/x.git").run_id)
    assert run.data.tags["mlflow.source.name"] == run.data.tags["mlflow.source.git.repoURL"] == "https://git.invalid/x.git"
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/output.log").startswith("https://host/x\n")
    places = ("none.invalid/x.git", "none.invalid/x.git#../y", "none.invalid/x.zip", "none.invalid:1/x.zip")
    for uri in [f"https://ann:{password}@{place}" for place in places for password in ("sesame", "ses/sesame")]:
        with pytest.raises(MlflowException) as error:
            projects.run(uri)
        assert "sesame" not in str(error.value)
    assert not [row for row in sql("SELECT value FROM tags") if "sesame" in row[0]]
