"""Section 3 of the guide: runs, what is logged, experiments, searches."""

import pathlib

RUNS = "SELECT run_name, key, value FROM runs JOIN {} USING (rid) ORDER BY ALL"


def test_the_basic_workflow(execute):
    _, ask = execute("3.1")
    assert ask("SELECT run_name, status, lifecycle_stage, experiment_id FROM runs") == [("my_run", "FINISHED", "active", 0)]
    assert ask(RUNS.format("params")) == [("my_run", "learning_rate", "0.01")]
    assert ask("SELECT key, value, step FROM metrics") == [("accuracy", 0.95, 0)]
    assert artifacts(ask) == {"model.pkl": b"weights"}


def test_every_row_of_the_table_of_functions(execute):
    _, ask = execute("3.2")
    assert ask("SELECT run_name, status FROM runs") == [("test", "FINISHED")]
    assert ask("SELECT key, value FROM params ORDER BY key") == [("batch", "32"), ("epochs", "100"), ("lr", "0.01")]
    assert ask("SELECT key, value, step FROM metrics ORDER BY key") == [("acc", 0.9, 0), ("f1", 0.85, 0), ("loss", 0.5, 1)]
    tags = dict(ask("SELECT key, value FROM tags"))
    assert {"model_type": "RF", "team": "ds", "version": "v1"}.items() <= tags.items()
    kept = artifacts(ask)
    assert kept.keys() == {"plot.png", "a.txt", "deep/b.txt", "config.json", "log.txt", "img.png"}
    assert (kept["log.txt"], kept["deep/b.txt"]) == (b"info", b"b")
    assert kept["config.json"] == b'{\n  "lr": 0.01,\n  "layers": [\n    1,\n    2\n  ]\n}'
    assert kept["plot.png"].startswith(b"\x89PNG") and kept["img.png"].startswith(b"\x89PNG")


def test_run_management(execute):
    shown, ask = execute("3.3")
    assert shown == [True, "known"]
    rows = ask("SELECT experiment_id, run_name, status FROM runs ORDER BY start_time, rid")
    assert [row[0] for row in rows] == [0, 1, 0, 0]
    assert [row[1] for row in rows][:2] == ["known", "my_run"]
    assert {row[2] for row in rows} == {"FINISHED"}
    parents = ask("SELECT p.value = o.run_id FROM tags p JOIN runs o ON o.run_id = p.value WHERE p.key = 'mlflow.parentRunId'")
    assert parents == [(True,)]


def test_experiment_management(execute):
    shown, ask = execute("3.4")
    assert shown == ["2", "2", "s3://bucket", {"version": "1.0"}, ["my_exp", "gone and back", "Default"], "deleted"]
    assert ask("SELECT experiment_id, name, lifecycle_stage FROM experiments ORDER BY 1") == [
        (0, "Default", "active"), (1, "gone and back", "active"), (2, "my_exp", "active"), (3, "experiment_name", "active"),
    ]  # fmt: skip
    assert ask("SELECT artifact_location FROM experiments WHERE name = 'my_exp'") == [("s3://bucket",)]
    assert ask("SELECT experiment_id, key, value FROM experiment_tags") == [(2, "version", "1.0")]
    assert ask("SELECT experiment_id FROM runs") == [(3,)]


def test_searching_runs(execute):
    shown, ask = execute("3.5")
    assert [row[1:] for row in shown] == [[0.97, "RandomForest"]] * 2 + [[0.92, "XGBoost"]] * 2
    assert sorted(row[0] for row in shown) == ["1", "1", "2", "2"]
    assert ask("SELECT count(*) FROM runs") == [(8,)]


def test_examples_of_filters(execute):
    shown, _ = execute("3.5 filters")
    assert list(shown.values()) == [
        ["experiment_1", "experiment_2"],
        ["experiment_1", "other"],
        ["experiment_1"],
        ["experiment_1", "experiment_2", "last", "other"],
    ]


def artifacts(ask):
    """Content of each file of the only run, from where SQL says that they lie."""
    ((uri, database),) = ask("SELECT artifact_uri, path FROM runs, duckdb_databases() WHERE NOT internal")
    folder = pathlib.Path(database).parent / uri
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
