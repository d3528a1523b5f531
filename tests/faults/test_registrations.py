"""Several processes on one registry, one of them killed: numbers without gap or double, one winner, a trail of all of it."""

import time

import pytest

from jupyter_mlops import MlflowClient

pytestmark = pytest.mark.faults

REGISTER = """
import os, sys
import jupyter_mlops as mlflow
who, many = sys.argv[1], int(sys.argv[2])
os.makedirs("model", exist_ok=True)
sys.stdin.readline()
for number in range(many):
    version = mlflow.register_model("model", "m", tags={"by": f"{who} {number}"})
    print(number, version.version, version.tags["by"], flush=True)
"""
MOVE = """
import sys
import jupyter_mlops as mlflow
client = mlflow.MlflowClient()
sys.stdin.readline()
moves = 0
while True:
    try:
        latest = client.get_model_version_by_alias("m", "latest").version
    except mlflow.MlflowException:
        continue  # there is no version yet
    client.transition_model_version_stage("m", latest, "Production", archive_existing_versions=True)
    client.set_registered_model_alias("m", "champion", latest)
    client.set_model_version_tag("m", latest, "moved", moves)
    moves += 1
    print(moves, flush=True)
"""
# Of every version there has to be one line that says that it was made, and nothing else may say so.
TRAIL = """
SELECT count(*), count(DISTINCT v.version), min(v.version), max(v.version), count(a.version), (SELECT count(*) FROM audit WHERE action = 'create' AND kind = 'version'),
       (SELECT count(*) FROM audit WHERE action = 'create' AND kind = 'model')
FROM model_versions v LEFT JOIN audit a ON a.mid = v.mid AND a.version = v.version AND a.action = 'create' AND a.kind = 'version'
"""
BY = "SELECT version, value FROM model_version_tags WHERE key = 'by' ORDER BY version"


def go(*processes):
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


def registered(process):
    """Numbers of the versions that a process was given, and what it called each."""
    lines = [line.split(" ", 2) for line in process.stdout.read().splitlines()]
    return {int(version): by for _, version, by in lines}


def test_two_processes_register_one_name_at_once(child, sql, capsys):
    each = 200
    both = [child(REGISTER, who, each) for who in "ab"]
    begin = time.monotonic()
    go(*both)
    first, second = map(registered, both)
    seconds = time.monotonic() - begin
    assert [process.wait() for process in both] == [0, 0]
    assert (len(first), len(second), set(first) & set(second)) == (each, each, set())
    assert sorted(first | second) == list(range(1, 2 * each + 1))
    assert sql(BY) == sorted((first | second).items())  # everybody was told the number of his own
    assert sql(TRAIL) == [(2 * each, 2 * each, 1, 2 * each, 2 * each, 2 * each, 1)]
    with capsys.disabled():
        print(f"\n[faults] 2 processes x {each} registrations of one name: no gap, no double, {seconds:.1f} s")


def test_one_is_killed_while_others_register_and_move(child, sql):
    each, before = 25, 10
    killed, other, mover = child(REGISTER, "killed", 10_000), child(REGISTER, "other", each), child(MOVE)
    go(killed, other, mover)
    for _ in range(before):
        assert killed.stdout.readline()
        assert mover.stdout.readline()
    killed.kill()  # most likely inside of a transaction
    killed.wait()
    made = registered(other)
    assert other.wait() == 0
    for _ in range(3):  # the one that moves goes on
        assert mover.stdout.readline()
    mover.kill()
    mover.wait()
    (rows, distinct, least, most, noted, creations, models), *_ = sql(TRAIL)
    assert rows == distinct == most == noted == creations >= each + before
    assert (least, models) == (1, 1)
    told = dict(sql(BY))
    assert len(told) == rows
    assert {version: by for version, by in told.items() if by.startswith("other")} == made
    assert [by for by in told.values() if by.startswith("killed")] == [f"killed {n}" for n in range(rows - each)]
    assert len(sql("SELECT * FROM model_versions WHERE stage = 'Production'")) == 1
    _moves_are_as_the_trail_says(sql)
    assert MlflowClient().create_model_version("m", "/next").version == str(rows + 1)


def _moves_are_as_the_trail_says(sql):
    """Each move begins where the one before left off, and the last one is where things are."""
    stages, aliases = {}, {}
    for action, version, key, before, after in sql(
        "SELECT action, version, key, before, after FROM audit WHERE action IN ('stage', 'alias') ORDER BY change, rowid"
    ):
        place, name = (stages, version) if action == "stage" else (aliases, key)
        assert before == place.get(name, "None" if action == "stage" else None)
        place[name] = after
    assert stages == dict(sql("SELECT version, stage FROM model_versions WHERE stage <> 'None'"))
    assert aliases == {alias: str(version) for alias, version in sql("SELECT alias, version FROM model_aliases")}


ROUNDS = """
import sys
import jupyter_mlops as mlflow
client, who = mlflow.MlflowClient(), sys.argv[1]
for line in sys.stdin:
    what, number = line.split()
    try:
        if what == "create":
            client.create_registered_model(f"new {number}", {"by": who})
        elif what == "rename":
            client.rename_registered_model(f"{who} {number}", f"target {number}")
        else:
            client.transition_model_version_stage("m", {"a": "1", "b": "2"}[who], "Production", archive_existing_versions=True)
        print("done", flush=True)
    except mlflow.MlflowException as error:
        print(error.error_code, flush=True)
"""


def rounds(both, what, many):
    """What each of two processes got when they did the same at once, round by round."""
    found = []
    for number in range(many):
        for process in both:
            process.stdin.write(f"{what} {number}\n")
        for process in both:
            process.stdin.flush()
        found.append([process.stdout.readline().strip() for process in both])
    return found


def test_one_of_two_wins(child, sql):
    client, many = MlflowClient(), 10
    for number in range(many):
        for who in "ab":
            client.create_registered_model(f"{who} {number}")
    both = [child(ROUNDS, who) for who in "ab"]
    created = rounds(both, "create", many)
    assert [sorted(answers) for answers in created] == [["RESOURCE_ALREADY_EXISTS", "done"]] * many
    winners = ["ab"[answers.index("done")] for answers in created]
    assert sql("SELECT name, value FROM registered_models JOIN registered_model_tags USING (mid) ORDER BY name") == [
        (f"new {number}", winner) for number, winner in enumerate(winners)
    ]
    renamed = rounds(both, "rename", many)
    assert [sorted(answers) for answers in renamed] == [["RESOURCE_ALREADY_EXISTS", "done"]] * many
    left = [f"{'ba'[answers.index('done')]} {number}" for number, answers in enumerate(renamed)]
    names = [f"{kind} {number}" for kind in ("new", "target") for number in range(many)]
    assert sorted(sql("SELECT name FROM registered_models")) == sorted((name,) for name in [*left, *names])
    assert sql("SELECT count(*) FROM audit WHERE action = 'rename'") == [(many,)]


def test_two_processes_move_two_versions_to_one_stage(child, sql):
    client = MlflowClient()
    client.create_registered_model("m")
    for _ in range(2):
        client.create_model_version("m", "/models/m")
    both = [child(ROUNDS, who) for who in "ab"]
    for answers in rounds(both, "move", 10):
        assert answers == ["done", "done"]
        assert sql("SELECT stage FROM model_versions ORDER BY stage") == [("Archived",), ("Production",)]
    _moves_are_as_the_trail_says(sql)
