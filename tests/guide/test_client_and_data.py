"""Section 7 of the guide: the client, system metrics, data sets."""

import json


def test_the_client(execute):
    shown, ask = execute("7.1")
    assert shown == ["the first", ["Default", "the first"], True]
    logged = "SELECT {} FROM {} JOIN runs USING (rid) WHERE key = '{}'"
    assert ask(logged.format("experiment_id, value", "params", "param")) == [(1, "0.5")]
    assert ask(logged.format("experiment_id, value", "metrics", "metric")) == [(1, 0.5)]
    assert len(ask(logged.format("value", "tags", "tag") + " AND value = '0.5'")) == 1
    assert ask("SELECT name FROM experiments ORDER BY experiment_id") == [("Default",), ("the first",), ("name",)]


def test_system_metrics(execute):
    _, ask = execute("7.2")
    listed = (
        "cpu_utilization_percentage", "system_memory_usage_megabytes", "disk_usage_percentage", "network_receive_megabytes",
        "network_transmit_megabytes",
    )  # fmt: skip
    assert {f"system/{name}" for name in listed} <= {key for (key,) in ask("SELECT key FROM metrics WHERE step = 0")}


def test_a_data_set_in_two_contexts(execute):
    shown, ask = execute("7.3")
    assert shown[0] is True
    ((name, digest, source_type, source, schema, profile),) = ask("SELECT name, digest, source_type, source, schema, profile FROM datasets")
    assert (name, digest, source_type) == ("training_data", shown[1], "local")
    assert json.loads(source) == {"uri": "path/to/data.csv"}
    assert [column["name"] for column in json.loads(schema)["mlflow_colspec"]] == ["a", "b"]
    assert json.loads(profile) == {"num_rows": 2, "num_elements": 4}
    assert sorted(ask("SELECT key, value FROM input_tags")) == [
        ("mlflow.data.context", "training"), ("mlflow.data.context", "validation"),
    ]  # fmt: skip
    assert ask("SELECT count(DISTINCT rid) FROM inputs") == [(1,)]
