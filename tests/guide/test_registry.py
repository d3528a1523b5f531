"""Section 6 of the guide: the model registry."""


def test_registering_models(execute):
    shown, ask = execute("6.1")
    assert shown == ["my_model", "2", "run_id", "None", "READY"]
    assert ask("SELECT m.name, version FROM registered_models m JOIN model_versions USING (mid) ORDER BY 2") == [("first", 1), ("first", 2)]
    assert ask("SELECT m.name, description, key, value FROM registered_models m JOIN registered_model_tags USING (mid)") == [
        ("my_model", "My classification model", "task", "classification")
    ]


def test_managing_model_versions(execute):
    shown, ask = execute("6.2")
    assert shown == ["runs:/run_id/model", "run_id", [["1", "Updated description"]], True]
    assert ask("SELECT version, deleted FROM model_versions") == [(1, True)]


def test_model_stages(execute):
    (loaded, stages), ask = execute("6.3")
    assert loaded[0] == loaded[1]
    assert len(loaded[0]) == 2
    assert stages == ["None", "Staging", "Production", "Archived"]
    assert ask("SELECT version, stage FROM model_versions ORDER BY 1") == [(1, "Production"), (2, "Staging")]


def test_model_aliases(execute):
    (version, aliases, predicted, after), ask = execute("6.4")
    assert (version, aliases, len(predicted), after) == ("3", ["champion"], 2, {})
    assert ask("SELECT * FROM model_aliases") == []


def test_model_metadata(execute):
    shown, ask = execute("6.5")
    assert shown == ["my_model", {"task": "classification"}, [{"validation_status": "approved"}]]
    assert ask("SELECT name, description FROM registered_models") == [("my_model_v2", "Updated description")]
    assert ask("SELECT key, value FROM model_version_tags") == [("validation_status", "approved")]
