"""A check finds what is broken in a store, says so, and mends what can be mended."""

import os

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb.checks import CHECKS
from jupyter_mlops.upkeep.checks import check_store

BREAKS = {
    "rows of params belong to no run": "INSERT INTO params VALUES (999, 'a', 'b', 1)",
    "rows of metrics belong to no run": "INSERT INTO metrics VALUES (999, 'a', 1, 1, 1)",
    "rows of inputs belong to no run": "INSERT INTO inputs VALUES (999, 1)",
    "rows of params are there twice": "INSERT INTO params SELECT rid, key, 'other', timestamp + 5 FROM params LIMIT 1",
    "rows of tags are there twice": "INSERT INTO tags SELECT rid, key, 'other', timestamp - 5 FROM tags LIMIT 1",
    "runs belong to no experiment": "UPDATE runs SET experiment_id = 77 WHERE rid = 1",
    "rows of model_versions belong to no model": "INSERT INTO model_versions SELECT 99, * EXCLUDE (mid) FROM model_versions",
    "rows of model_aliases belong to no version": "INSERT INTO model_aliases VALUES (1, 'champion', 42)",
    "metrics have a summary that disagrees with their history": "UPDATE latest_metrics SET value = 9, min = -1 WHERE rid = 2",
}
_SUMMARY = ["value", "timestamp", "step", "min", "min_step", "max", "max_step", "first", "first_timestamp", "first_step", "count"]
_DUMP = "SELECT 1, rid, key, value FROM params UNION ALL SELECT 2, rid, key, value FROM tags ORDER BY ALL"


def test_a_store_in_use_is_whole(filled):
    with mlflow.start_run():
        for value in (float("nan"), float("inf"), -1.0, float("nan")):
            mlflow.log_metric("odd", value, step=-1)
        mlflow.log_metric("nothing but", float("nan"))
        report = check_store(filled)
    assert (report.findings, report.notes, report.is_whole) == ([], [], True)
    assert report.tables >= 20


@pytest.mark.parametrize("problem", BREAKS)
def test_a_broken_promise_is_found_and_mended(filled, break_rows, sql, problem):
    before, summary = sql(_DUMP), sql("FROM latest_metrics ORDER BY ALL")
    break_rows(filled, BREAKS[problem])
    report = check_store(filled)
    (finding,) = [found for found in report.findings if found.problem == problem]
    assert not finding.mended
    assert not report.is_whole
    mended = check_store(filled, repair=True)
    assert {found.problem: found.mended for found in mended.findings}[problem]
    assert mended.is_whole
    assert os.path.isfile(os.path.join(mended.backup, "mlops.duckdb"))
    assert check_store(filled).findings == []
    assert sql(_DUMP) == before
    assert sql("FROM latest_metrics ORDER BY ALL") == summary


@pytest.mark.parametrize("column", _SUMMARY)
def test_each_number_of_a_summary_is_checked(filled, break_rows, column):
    break_rows(filled, f"UPDATE latest_metrics SET {column} = 7777 WHERE rid = 2")
    assert [found.problem for found in check_store(filled).findings] == list(BREAKS)[-1:]


def test_a_run_without_experiment_can_be_seen_again(filled, break_rows):
    break_rows(filled, "UPDATE runs SET experiment_id = 77 WHERE rid = 1")
    check_store(filled, repair=True)
    assert len(mlflow.search_runs(experiment_names=["recovered-77"])) == 1


def test_two_runs_of_one_id_are_for_people_to_decide(filled, break_rows):
    break_rows(filled, "INSERT INTO runs SELECT * FROM runs WHERE rid = 1")
    report = check_store(filled, repair=True)
    assert [(found.problem, found.mended) for found in report.findings] == [("runs share their id with another run", False)]


def test_every_check_can_be_asked(filled):
    with filled.files.session("test") as session:
        for check in CHECKS:
            assert session.row(check.counted) == (0,), check.problem
            if check.repair:
                session.rows(check.repair)
    assert len(mlflow.search_runs()) == 3


def test_a_damaged_block_is_found_and_what_can_be_read_is_kept(filled, value, plain):
    path, points = filled.path, 400_000
    with mlflow.start_run() as run:
        for begin in range(0, points, 1000):
            metrics = [mlflow.entities.Metric("loss", hash((step, 7)) / 1e18, step, step) for step in range(begin, begin + 1000)]
            mlflow.MlflowClient().log_batch(run.info.run_id, metrics)
    assert value("SELECT count(*) FROM metrics") == points + 150
    blocks = plain(path, "SELECT DISTINCT block_id FROM pragma_storage_info('metrics') WHERE column_name = 'value' AND row_group_id = 2 AND block_id > 0")
    ((block,), *_) = blocks
    with open(path, "r+b") as file:
        file.seek(3 * 4096 + block * 262_144 + 5_000)
        data = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([data[0] ^ 0xFF]))
    report = check_store(filled)
    assert "damaged" in report.findings[0].problem
    assert not report.is_whole
    mended = check_store(filled, repair=True)
    assert mended.is_whole, mended
    assert [name for name in os.listdir() if ".damaged-" in name]
    kept = value("SELECT count(*) FROM metrics")
    assert points > kept >= points - 3 * 122_880
    assert value("SELECT count(*) FROM runs") == 4
    assert check_store(filled).findings == []


def test_versions_without_files_and_refused_records_are_told(filled, break_rows):
    import shutil

    shutil.rmtree("mlartifacts")
    break_rows(filled, "INSERT INTO rejected VALUES (NULL, NULL, 'why', 0, 'x', 1)")
    report = check_store(filled)
    assert [found.problem for found in report.findings] == ["model versions have no files any more"]
    assert "1 records could not be applied" in report.notes[0]
