"""What is deleted goes for good, with its files and nothing else; killed in the middle, nothing is left half."""

import os
import pathlib
import shutil
import signal
import time

import pytest

from jupyter_mlops import MlflowClient
from jupyter_mlops.entities import Dataset, DatasetInput
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.upkeep.garbage import age_ms, find_garbage, remove_garbage

RUN_TABLES = ("params", "tags", "metrics", "latest_metrics", "inputs", "input_tags", "run_owners", "conflicts")


@pytest.fixture
def client():
    return MlflowClient()


@pytest.fixture
def make_run(client):
    """Make a run with something of everything; returns its id."""

    def make(experiment="0", *, text="notes", delete=False):
        run_id = client.create_run(experiment).info.run_id
        client.log_param(run_id, "depth", 3)
        client.log_metric(run_id, "loss", 0.5)
        client.log_text(run_id, text, "notes.txt")
        client.log_inputs(run_id, [DatasetInput(Dataset(f"data of {run_id}", "d", "local", "{}"))])
        if delete:
            client.delete_run(run_id)
        return run_id

    return make


def folder(run_id):
    return pathlib.Path("mlartifacts/0", run_id)


def remove(**options):
    found = find_garbage(open_store(), **options)
    return found, list(remove_garbage(open_store(), found, force=options.get("force", False)))


def test_what_is_deleted_goes_with_all_that_belongs_to_it(make_run, client, sql):
    kept, gone = make_run(), make_run(delete=True)
    found, lines = remove()
    assert lines == [f"Run with ID {gone} has been permanently deleted."]
    assert (len(found.runs), found.runs[0].points, found.size.files, found.size.size) == (1, 1, 1, 5)
    assert not folder(gone).exists()
    assert (folder(kept) / "artifacts" / "notes.txt").read_text() == "notes"
    assert sql("SELECT run_id FROM runs") == [(kept,)]
    for table in RUN_TABLES:
        assert sql(f"SELECT count(*) FROM {table} WHERE rid NOT IN (SELECT rid FROM runs)") == [(0,)], table
    assert sql("SELECT name FROM datasets") == [(f"data of {kept}",)]
    assert sql("SELECT kind, id FROM tombstones") == [("run", gone)]
    with pytest.raises(NotFound):
        client.get_run(gone)
    assert remove()[1] == []


def test_finding_changes_nothing(make_run, sql):
    gone = make_run(delete=True)
    before = sql("SELECT value FROM meta WHERE key = 'change'")
    find_garbage(open_store())
    assert sql("SELECT value FROM meta WHERE key = 'change'") == before
    assert (folder(gone) / "artifacts" / "notes.txt").exists()


def test_records_that_come_later_are_rejected(make_run, sql):
    gone = make_run(delete=True)
    remove()
    open_store().log_metric(gone, "loss", 1.0, None, 1)
    assert sql("SELECT run_id, reason FROM rejected") == [(gone, "no such run")]
    assert sql("SELECT count(*) FROM runs") == [(0,)]


def test_an_experiment_goes_when_all_its_runs_are_gone(make_run, client, sql, tmp_path):
    place = tmp_path / "elsewhere"
    one = client.create_experiment("one", str(place), {"team": "a"})
    two = client.create_experiment("two")
    inside = make_run(one)
    (place / "mine.txt").write_text("not a run's")
    make_run(two)
    client.delete_experiment(one)
    client.delete_experiment(two)
    active = make_run()
    client.restore_run(client.search_runs([two], run_view_type=2)[0].info.run_id)
    found, lines = remove()
    assert lines[1:] == [f"Experiment with ID {one} has been permanently deleted."]
    assert found.kept == [f"Experiment {two} stays: 1 of its runs stay."]
    assert sorted(os.listdir(place)) == ["mine.txt"]
    assert sql("SELECT name FROM experiments ORDER BY experiment_id") == [("Default",), ("two",)]
    assert sql("SELECT * FROM experiment_tags") == []
    assert sql("SELECT kind, id FROM tombstones ORDER BY change") == [("run", inside), ("experiment", one)]
    assert client.get_run(active).info.lifecycle_stage == "active"


def test_numbers_of_removed_experiments_are_not_given_again_and_writers_learn_of_it(client, python):
    last = client.create_experiment("last")
    client.delete_experiment(last)
    remove()
    assert client.create_experiment("next") == str(int(last) + 1)
    assert client.get_experiment_by_name("last") is None
    assert python("import jupyter_mlops as m; print(m.set_experiment('last').experiment_id)") == f"{int(last) + 2}\n"


def test_the_default_experiment_stays(make_run, client):
    gone = make_run()
    client.delete_experiment("0")
    found, lines = remove()
    assert lines == [f"Run with ID {gone} has been permanently deleted."]
    assert "Experiment 0 stays" in found.kept[0]


def test_named_ones_alone_go_and_must_be_deleted(make_run, client):
    one, other, active = make_run(delete=True), make_run(delete=True), make_run()
    with pytest.raises(InvalidState, match=f"Run {active} is active"):
        find_garbage(open_store(), run_ids=[one, active])
    with pytest.raises(InvalidState, match="Experiment 0 is active"):
        find_garbage(open_store(), experiment_ids=["0"])
    with pytest.raises(NotFound):
        find_garbage(open_store(), run_ids=["f" * 32])
    assert len(remove(run_ids=[one])[1]) == 1
    assert client.get_run(other).info.lifecycle_stage == "deleted"


def test_ages(make_run, client):
    old = make_run(delete=True)
    time.sleep(1.1)
    young = make_run(delete=True)
    with pytest.raises(InvalidState, match=young):
        find_garbage(open_store(), older_than="1s", run_ids=[young])
    assert [run.run_id for run in find_garbage(open_store(), older_than="1s").runs] == [old]
    assert find_garbage(open_store(), older_than="1d").runs == []
    assert age_ms("0.5m") == 30_000
    for wrong in ("", "3", "1s2d", "x"):
        with pytest.raises(InvalidParameter, match="30d"):
            age_ms(wrong)
    for endless in ("9" * 400 + "d", "366001d"):
        with pytest.raises(InvalidParameter, match=r"thousand years.{,30}$"):
            age_ms(endless)


def test_a_run_that_a_model_version_is_made_of_stays(make_run, client, sql):
    used, free = make_run(delete=True), make_run(delete=True)
    client.create_registered_model("forest")
    client.create_model_version("forest", f"{client.get_run(used).info.artifact_uri}/model", used)
    found, lines = remove()
    assert lines == [f"Run with ID {free} has been permanently deleted."]
    assert found.kept == [f"Run {used} stays: forest/1 is made of its artifacts. Delete the version, or use --force."]
    assert (folder(used) / "artifacts" / "notes.txt").exists()
    assert remove(force=True)[1] == [f"Run with ID {used} has been permanently deleted."]


def test_a_run_stays_whose_artifacts_a_copy_of_a_deleted_version_is_made_of(make_run, client):
    used = make_run(delete=True)
    client.create_registered_model("forest")
    client.create_model_version("forest", f"runs:/{used}/model", used)
    client.copy_model_version("models:/forest/1", "copy")
    client.delete_registered_model("forest")
    found, lines = remove()
    assert (lines, [line.partition(" is made")[0] for line in found.kept]) == ([], [f"Run {used} stays: copy/1"])


def test_a_version_registered_in_the_meantime_saves_its_run(make_run, client):
    used = make_run(delete=True)
    found = find_garbage(open_store())
    client.create_registered_model("forest")
    client.create_model_version("forest", f"runs:/{used}/model", used)
    assert list(remove_garbage(open_store(), found)) == []
    assert client.get_run(used).info.lifecycle_stage == "deleted"


def test_a_run_restored_in_the_meantime_stays(make_run, client):
    back = make_run(delete=True)
    found = find_garbage(open_store())
    client.restore_run(back)
    assert list(remove_garbage(open_store(), found)) == []
    assert client.get_run(back).data.params == {"depth": "3"}
    assert (folder(back) / "artifacts" / "notes.txt").exists()


@pytest.mark.parametrize(
    "place",
    [
        "{outside}/{run_id}/artifacts",
        "{root}/mlartifacts/0",
        "{root}/mlartifacts/0/{other}/artifacts",
        "s3://bucket/{run_id}",
        "{root}/mlartifacts/{run_id}/../../{outside}",
        "{root}",
    ],
)
def test_files_elsewhere_stay_and_that_is_told(make_run, break_rows, sql, tmp_path, tmp_path_factory, place):
    outside = tmp_path_factory.mktemp("outside")
    run_id, other = make_run(delete=True), make_run()
    (outside / run_id / "artifacts").mkdir(parents=True)
    (outside / run_id / "artifacts" / "precious").write_text("x")
    uri = place.format(outside=outside, run_id=run_id, other=other, root=tmp_path)
    break_rows(open_store(), f"UPDATE runs SET artifact_uri = '{uri}' WHERE run_id = '{run_id}'")
    found, lines = remove()
    assert lines == [f"Run with ID {run_id} has been permanently deleted."]
    assert f"Artifacts of run {run_id} stay" in found.kept[0]
    assert (outside / run_id / "artifacts" / "precious").exists()
    assert (folder(run_id) / "artifacts" / "notes.txt").exists()
    assert (folder(other) / "artifacts" / "notes.txt").exists()
    assert sql("SELECT id FROM tombstones WHERE kind = 'artifacts'") == []


def test_symbolic_links_are_not_followed(make_run, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "precious").write_text("x")
    inner, whole = make_run(delete=True), make_run(delete=True)
    (folder(inner) / "artifacts" / "link").symlink_to(outside)
    os.rename(folder(whole) / "artifacts", outside / "artifacts")
    (folder(whole) / "artifacts").symlink_to(outside / "artifacts")
    found, lines = remove()
    assert len(lines) == 2
    assert [whole in line for line in found.kept] == [True]
    assert not folder(inner).exists()
    assert (outside / "precious").read_text() == "x"
    assert (outside / "artifacts" / "notes.txt").exists()


def test_files_that_cannot_be_removed_are_tried_again(make_run, client, sql, monkeypatch):
    one = client.create_experiment("one")
    run_id = make_run(one)
    client.delete_experiment(one)

    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    lines = remove()[1]
    assert "not all gone" in lines[0]
    assert sql("SELECT count(*) FROM experiments WHERE name = 'one'") == [(1,)]
    monkeypatch.undo()
    found, lines = remove()
    assert [item.run_id for item in found.leftovers] == [run_id]
    assert lines == [f"Experiment with ID {one} has been permanently deleted."]
    assert not pathlib.Path("mlartifacts", one).exists()
    assert sql("SELECT count(*) FROM tombstones WHERE kind = 'artifacts'") == [(0,)]


COLLECTOR = """
import sys
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.upkeep import garbage
garbage._AT_ONCE = 5
print("ready", flush=True)
store = open_store()
for line in garbage.remove_garbage(store, garbage.find_garbage(store)):
    print(line, flush=True)
print("done", flush=True)
"""


@pytest.mark.faults
def test_killed_at_any_moment_nothing_is_half(make_run, client, child, sql):
    doomed = client.create_experiment("doomed")
    runs = [client.create_run(doomed).info.run_id for _ in range(50)]
    notes = {run_id: pathlib.Path("mlartifacts", doomed, run_id, "artifacts", "notes.txt") for run_id in runs}
    for run_id, path in notes.items():
        client.log_metric(run_id, "loss", 0.5)
        path.parent.mkdir(parents=True)
        path.touch()
    client.delete_experiment(doomed)
    kept = make_run()
    broken_off = 0
    for kill in range(6):
        collector = child(COLLECTOR)
        for _ in range(1 + kill % 3):
            assert collector.stdout.readline()
        time.sleep(0.004 * kill)
        collector.send_signal(signal.SIGKILL)
        collector.wait()
        there = {run_id for (run_id,) in sql("SELECT run_id FROM runs")}
        noted = {text.partition(":")[0] for (text,) in sql("SELECT id FROM tombstones WHERE kind = 'artifacts'")}
        for run_id in runs:
            assert notes[run_id].exists() if run_id in there else run_id in noted or not notes[run_id].exists()
        assert sql("SELECT count(*) FROM runs JOIN metrics USING (rid)") == sql("SELECT count(*) FROM metrics")
        broken_off += 0 < len(there.intersection(runs)) < 50
    assert broken_off >= 2
    remove()
    assert sql("SELECT run_id FROM runs") == [(kept,)]
    assert os.listdir("mlartifacts") == ["0"] and os.listdir("mlartifacts/0") == [kept]
    assert sql("SELECT kind, count(*) FROM tombstones GROUP BY kind ORDER BY kind") == [("experiment", 1), ("run", 50)]


@pytest.mark.faults
@pytest.mark.parametrize("moment", ["before the files", "among the files", "before they are known to be gone"])
def test_killed_between_rows_and_files(make_run, python, sql, moment):
    """Kills the process by itself at the worst moments."""
    one, other = make_run(delete=True), make_run(delete=True)
    script = """
        import os, shutil, signal, sys
        from jupyter_mlops.storage.opened import open_store
        from jupyter_mlops.upkeep import garbage

        def die(*_):
            os.kill(os.getpid(), signal.SIGKILL)

        def remove_and_die(path, real=shutil.rmtree):
            real(path)
            die()

        moment = sys.argv[1]
        if moment == "before the files":
            shutil.rmtree = die
        elif moment == "among the files":
            shutil.rmtree = remove_and_die
        else:
            garbage.removals.forget = die
        store = open_store()
        list(garbage.remove_garbage(store, garbage.find_garbage(store)))
    """
    assert python(script, moment, check=False).returncode == -signal.SIGKILL
    assert sql("SELECT count(*) FROM runs") == [(0,)]
    assert len(find_garbage(open_store()).leftovers) == 2
    assert remove()[1] == []
    assert not folder(one).exists() and not folder(other).exists()
    assert sql("SELECT count(*) FROM tombstones WHERE kind = 'artifacts'") == [(0,)]
