"""Sections 9, 10 and 12 of the guide: production code, the reference card, the use cases."""

VERSIONS = "SELECT name, version, stage FROM model_versions JOIN registered_models USING (mid) ORDER BY version"


def test_production_code(execute):
    shown, ask = execute("9")
    assert shown is True
    assert ask("SELECT name, run_name, status FROM runs JOIN experiments USING (experiment_id)") == [
        ("production_training", "logistic_v1", "FINISHED")
    ]
    assert dict(ask("SELECT key, value FROM params")) == {"model": "logistic", "C": "1.0"}
    assert dict(ask("SELECT key, value FROM metrics")) == {"accuracy": 0.9, "f1": 0.8}
    expected = {"git_commit": "0123abc", "team": "data_science", "environment": "production"}
    assert expected.items() <= dict(ask("SELECT key, value FROM tags")).items()
    assert ask(VERSIONS) == [("prod_model", 1, "None")]


def test_most_used_functions(execute):
    shown, ask = execute("10")
    assert (len(shown[0]), shown[1:]) == (2, [0, 1])
    assert dict(ask("SELECT key, value FROM params")) == {"lr": "0.01", "epochs": "100"}
    assert dict(ask("SELECT key, value FROM metrics")) == {"acc": 0.95, "loss": 0.05}
    assert ask("SELECT name FROM experiments JOIN runs USING (experiment_id)") == [("model_name",)]
    assert ask(VERSIONS) == [("model_name", 1, "Production")]


def test_filter_strings(execute):
    """A number without quotes compares as a number: '0.1' is not below 0.01, 1e-3 is, and what is no number never matches."""
    shown, _ = execute("10 filters")
    assert list(shown.values()) == [
        ["experiment_1", "experiment_2"],
        ["experiment_1"],
        ["experiment_1", "last", "other"],
        ["experiment_1", "experiment_2"],
        ["experiment_2"],
        ["experiment_1"],
        ["experiment_2"],
        ["experiment_1", "experiment_2", "last", "other"],
        ["experiment_1", "experiment_2"],
    ]


def test_formats_of_model_uris(execute):
    shown, ask = execute("10 model URIs")
    assert shown == [True] * 5
    assert ask(VERSIONS) == [("model_name", 1, "None"), ("model_name", 2, "Staging"), ("model_name", 3, "Production")]
    assert ask("SELECT alias, version FROM model_aliases") == [("champion", 2)]


def test_tuning(execute):
    _, ask = execute("12.1")
    assert sorted(ask("SELECT value FROM params WHERE key = 'learning_rate'")) == [("0.001",), ("0.01",), ("0.1",)]
    assert ask("SELECT count(*), count(DISTINCT rid) FROM metrics WHERE key = 'accuracy'") == [(3, 3)]
    assert ask("SELECT DISTINCT status FROM runs") == [("FINISHED",)]
    assert ask("SELECT count(*) FROM tags WHERE key = 'mlflow.log-model.history'") == [(3,)]


def test_a_comparison_of_models(execute):
    _, ask = execute("12.2")
    assert ask("SELECT run_name, value FROM params JOIN runs USING (rid) WHERE key = 'model_type' ORDER BY rid") == [
        (name, name) for name in ("RandomForest", "XGBoost", "LightGBM")
    ]
    assert ask("SELECT key, count(*) FROM metrics GROUP BY key ORDER BY key") == [("accuracy", 3), ("f1", 3)]


def test_a_production_pipeline(execute):
    _, ask = execute("12.3")
    assert ask("SELECT run_name, status FROM runs") == [("training", "FINISHED")] * 2
    assert ask("SELECT version, run_id FROM model_versions ORDER BY version") == [
        (number, run_id) for number, (run_id,) in enumerate(ask("SELECT run_id FROM runs ORDER BY rid"), 1)
    ]
    assert ("prod_model", 1, "Production") in ask(VERSIONS)
