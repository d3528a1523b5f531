"""The database file damaged: a clear error that names the way out, logging goes on, other stores can be read."""

import json
import pathlib
import subprocess

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreCorrupt
from jupyter_mlops.storage.duckdb.backups import newest_backup
from tests.faults.amounts import FULL

pytestmark = pytest.mark.faults

FLIPS = 400 if FULL else 25
MAKE = """
import jupyter_mlops as mlflow
with mlflow.start_run():
    for step in range(20_000):
        mlflow.log_metric("loss", step * 0.37, step=step)
    mlflow.log_params({f"p{n}": "x" * n for n in range(200)})
mlflow.MlflowClient().create_registered_model("m")
mlflow.search_runs()
"""
# Each damage is read in the same process, beside a sound store: one must not harm the other.
READ_DAMAGED = """
import collections, json, os, random, shutil, sys, warnings
import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import StoreCorrupt, StoreError

store, times = sys.argv[1], int(sys.argv[2])
size = os.stat(store).st_size
whole = open(store, "rb").read()
os.mkdir("sound")
shutil.copytree(store + ".journal", "sound/mlops.duckdb.journal")
shutil.copy(store, "sound/mlops.duckdb")
told = collections.Counter()
for seed in range(times):
    chance = random.Random(seed)
    data = bytearray(whole)
    what = chance.choice(["header", "block", "cut", "hole"])
    if what == "cut":
        data = data[: chance.choice([1, 100, 4096, 12288, chance.randrange(size), size - 1])]
    elif what == "hole":
        at = chance.randrange(size)
        data[at : at + 5000] = bytes(len(data[at : at + 5000]))
    else:
        data[chance.randrange(12288) if what == "header" else chance.randrange(12288, size)] ^= 1 << chance.randrange(8)
    folder = f"damaged{seed}"
    os.mkdir(folder)
    shutil.copytree(store + ".journal", folder + "/mlops.duckdb.journal")
    open(folder + "/mlops.duckdb", "wb").write(data)
    mlflow.set_tracking_uri(folder + "/mlops.duckdb")
    result = "read"
    for call in (mlflow.search_runs, MlflowClient().search_registered_models,
                 lambda: mlflow.sql("SELECT sum(value), count(*), max(length(key)) FROM metrics"),
                 lambda: mlflow.sql("SELECT sum(length(value)) FROM params")):
        try:
            call()
        except StoreError as error:
            result = type(error).__name__
            last = error.message
            break
    told[what, result] += 1
    if result == "StoreError":
        print(seed, what, last, file=sys.stderr)
    with mlflow.start_run():
        mlflow.log_metric("meanwhile", 1.0)
    mlflow.set_tracking_uri("sound/mlops.duckdb")
    assert len(mlflow.search_runs()) == 1, seed
print(json.dumps([[*key, count] for key, count in told.items()]))
"""


def test_random_damage_is_an_error_of_ours_or_does_no_harm(python, store, capsys):
    python(MAKE)
    (store / "work").mkdir()
    done = python(f"import os; os.chdir('work')\n{READ_DAMAGED}", store / "mlops.duckdb", FLIPS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told = {(what, result): count for what, result, count in json.loads(done.stdout)}
    assert sum(told.values()) == FLIPS
    assert sum(count for (_, result), count in told.items() if result == "StoreCorrupt") > FLIPS / 4
    assert not [key for key in told if key[1] not in ("read", "StoreCorrupt")], (told, done.stderr[-3000:])
    with capsys.disabled():
        print(f"\n[faults] damaged databases: {told}")


@pytest.mark.parametrize("backed_up", [True, False])
def test_the_error_names_the_way_out_and_the_way_out_works(python, backed_up):
    python(MAKE)
    if backed_up:
        subprocess.run(["jupyter-mlops", "store", "backup"], check=True, capture_output=True)
    path = pathlib.Path("mlops.duckdb")
    data = path.read_bytes()
    path.write_bytes(b"\0" * 5000 + data[5000:])
    with mlflow.start_run() as run:
        mlflow.log_metric("meanwhile", 1.0)
        with pytest.raises(StoreCorrupt) as caught:
            mlflow.search_runs()
    if not backed_up:
        assert "no backup" in caught.value.message
        return
    backup = newest_backup(str(path.absolute()))
    assert "jupyter mlops store restore" in caught.value.message
    assert backup in caught.value.message
    subprocess.run(["jupyter-mlops", "store", "restore", "--yes", backup], check=True, capture_output=True)
    assert len(mlflow.search_runs()) == 2
    assert mlflow.get_run(run.info.run_id).data.metrics == {"meanwhile": 1.0}
