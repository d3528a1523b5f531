"""Searches on the released schema answer as MLflow does, and more."""

import math

import pytest

NAN, INF = math.nan, math.inf


@pytest.fixture
def four(store):
    """Four runs that MLflow's own answers are known for."""
    model = {"A": "RandomForest", "B": "randomforest", "C": "XGB"}
    rate = {"A": "0.001", "B": "0.01", "C": "0.1"}
    team = {"A": {"team": "ml_team"}, "B": {"team": "ML_TEAM"}}
    status = {"B": "FAILED", "C": "KILLED"}
    for number, (name, accuracy) in enumerate({"A": 0.9, "B": NAN, "C": 0.5, "D": INF}.items(), 1):
        params = {"lr": rate[name], "model": model[name]} if name in model else {}
        store.add_run(
            number, name, start_time=1000 * number, status=status.get(name, "FINISHED"),
            metrics={"acc": accuracy}, params=params, tags=team.get(name),
        )  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("metrics.acc > 0.6", "DA"),
        ("metrics.acc != 0.9", "DCB"),
        ("params.model != 'RandomForest'", "CB"),
        ("params.model LIKE 'random%'", "B"),
        ("params.model ILIKE 'RANDOM%'", "BA"),
        ("params.model IS NULL", "D"),
        ("tags.team ILIKE 'ml%'", "BA"),
        ("attributes.status LIKE 'F%'", "DBA"),
    ],
)
def test_filters_find_what_mlflow_finds(four, text, found):
    assert "".join(four.runs(text)) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("metrics.acc ASC", "CADB"),
        ("metrics.acc DESC", "DACB"),
        ("params.lr DESC", "CBAD"),
        ("tags.team", "BADC"),
    ],
)
def test_orders_are_those_of_mlflow(four, order, found):
    assert "".join(four.runs(order_by=[order])) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, "DCBA"),
        ("", "DCBA"),
        ("metrics.acc > 0.6 AND", "DA"),
        ("metrics.acc > 1e308", "D"),
        ("metrics.acc >= 0.5", "DCA"),
        ("metrics.acc < 0.9", "C"),
        ("metrics.acc = 0.9", "A"),
        ("metrics.acc >= -1e400", "DCA"),
        ("metrics.acc >= 1e400", ""),
        ("metrics.acc = 1e400", ""),
        ("metrics.acc < 1e400", "DCA"),
        ("metrics.acc != 1e400", "DCBA"),
        ("metrics.acc > -1e400", "DCA"),
        ("metrics.acc <= 0.5", "C"),
        ("metrics.nothing != 1", ""),
        ("NOT metrics.nothing != 1", "DCBA"),
        ("metrics.acc IS NULL", ""),
        ("status = 'finished'", ""),
        ("status != 'FINISHED'", "CB"),
        ("status in ('KILLED', \"FAILED\")", "CB"),
        ("run_id NOT IN ('A', 'B')", "DC"),
        ("end_time IS NULL", "DCBA"),
        ("end_time != 5", ""),
        ("NOT end_time = 5", "DCBA"),
        ("created >= 2000 AND attr.start_time < 4e3", "CB"),
        ("start_time < 1e400", "DCBA"),
        ("`Run Name` = 'C'", "C"),
        ("parameters.model = 'XGB' OR tag.team = 'ml_team'", "CA"),
        ("NOT (params.model = 'XGB' OR tags.team = 'ml_team')", "DB"),
        ("params.model = 'XGB' OR metrics.acc > 0.6 AND status = 'FINISHED'", "DCA"),
        ("(params.model = 'XGB' OR metrics.acc > 0.6) AND status = 'KILLED'", "C"),
        ("params.lr IN ('0.1', '0.01') AND params.lr != '0.1'", "B"),
    ],
)
def test_filters_mean_what_they_say(four, text, found):
    assert "".join(four.runs(text)) == found


def test_params_compare_as_numbers_without_quotes_and_as_text_with_them(store):
    for number, value in enumerate(["1e-2", "0.010", "ten", "", "nan", "0.5"]):
        store.add_run(number, value or "empty", params={"lr": value})

    assert set(store.runs("params.lr = 0.01")) == {"1e-2", "0.010"}
    assert set(store.runs("params.lr < 0.2")) == {"1e-2", "0.010"}
    assert set(store.runs("params.lr > 0.2")) == {"0.5"}
    assert set(store.runs("params.lr != 0.5")) == {"1e-2", "0.010", "nan"}
    assert set(store.runs("params.lr = '0.010'")) == {"0.010"}


def test_a_metric_knows_its_min_max_first_last_and_count(store):
    store.add_run(1, "a", metrics={"loss": {"value": 0.3, "min": 0.1, "max": 0.9, "first": 0.9, "count": 7}})
    store.add_run(2, "b", metrics={"loss": {"value": 0.2, "min": 0.2, "max": 0.4, "first": 0.3, "count": 2}})

    assert store.runs("metrics.loss.min < 0.15") == ["a"]
    assert store.runs("metrics.loss.max < 0.5") == ["b"]
    assert store.runs("metrics.loss.first = 0.9 AND metrics.loss.last = 0.3") == ["a"]
    assert store.runs("metrics.`loss`.count >= 7") == ["a"]
    assert store.runs(order_by=["metrics.loss.count"]) == ["b", "a"]


def test_a_metric_really_called_min_is_meant_before_the_smallest_value(store):
    store.add_run(1, "named", metrics={"loss.min": 5.0, "loss": 0.1})
    store.add_run(2, "computed", metrics={"loss": 0.1})

    assert store.runs("metrics.loss.min = 5") == ["named"]
    assert store.runs("metrics.loss.min = 0.1") == ["computed"]
    assert store.runs("metrics.`loss.min` > 0") == ["named"]
    assert store.runs(order_by=["metrics.loss.min"]) == ["computed", "named"]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_missing_values_come_last_and_nan_before_them(store, direction):
    for rid, name in enumerate(["missing", "nan", "one"]):
        metrics = {"nan": {"m": NAN}, "one": {"m": 1.0}}.get(name)
        store.add_run(rid, name, metrics=metrics, end_time=None if name == "missing" else 7)

    assert store.runs(order_by=[f"metrics.m {direction}"]) == ["one", "nan", "missing"]
    assert store.runs(order_by=[f"end_time {direction}"])[-1] == "missing"
    assert store.runs(order_by=[f"tags.x {direction}"]) == ["one", "nan", "missing"]  # newest first


def test_equals_are_ordered_by_start_and_then_by_id(store):
    for rid, (name, start) in enumerate([("b", 1), ("a", 1), ("c", 2), ("d", None)]):
        store.add_run(rid, name, start_time=start)

    assert store.runs() == ["c", "a", "b", "d"]
    assert store.runs(order_by=["start_time ASC"]) == ["a", "b", "c", "d"]
    assert store.runs(order_by=["run_id DESC"]) == ["d", "c", "b", "a"]


def test_lists_of_thousands_are_fine(store):
    for rid in range(3):
        store.add_run(rid, f"r{rid}", tags={"x": f"t{rid}"})
    many = ", ".join(f"'r{number}', 't{number}'" for number in range(1, 5_000))

    assert store.runs(f"run_id IN ({many})") == store.runs(f"tags.x IN ({many})") == ["r2", "r1"]
    assert store.runs(f"run_id NOT IN ({many})") == store.runs(f"tags.x NOT IN ({many})") == ["r0"]


def test_pages_follow_each_other_without_gap_or_overlap(store):
    for rid in range(25):
        store.add_run(rid, f"r{rid:02}", start_time=5, tags={"half": str(rid % 2)})

    pages = [store.runs(order_by=["tags.half"], limit=10, offset=offset) for offset in (0, 10, 20, 30)]

    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [name for page in pages for name in page] == store.runs(order_by=["tags.half"])


def test_a_search_looks_only_into_the_experiments_and_stages_that_were_asked_for(store):
    store.add_run(1, "a", experiment_id=1)
    store.add_run(2, "b", experiment_id=2)
    store.add_run(3, "c", experiment_id=2, lifecycle_stage="deleted")

    assert store.runs(ids=[1]) == ["a"]
    assert store.runs(ids=[2], stages=["active", "deleted"]) == ["c", "b"]
    assert store.runs(stages=["deleted"]) == ["c"]
    assert store.runs(ids=[]) == store.runs(stages=[]) == []
    assert store.runs("run_id = 'a' OR run_id = 'c'", ids=[2]) == []


def test_artifact_locations_compare_absolute(store):
    store.add_run(1, "inside", artifact_uri="artifacts/0/x")
    store.add_run(2, "outside", artifact_uri="/data/x")
    store.add_run(3, "bucket", artifact_uri="s3://b/x")

    assert store.runs("artifact_uri = '/home/ann/artifacts/0/x'", root="/home/ann/") == ["inside"]
    assert store.runs("artifact_uri LIKE '/data/%'", root="/home/ann") == ["outside"]
    assert store.runs("artifact_uri LIKE 's3:%' OR artifact_uri LIKE '/home/%'", root="/home/ann") == [
        "bucket",
        "inside",
    ]
    assert store.runs(order_by=["artifact_uri"], root="/home/ann") == ["outside", "inside", "bucket"]


def test_datasets_are_found_by_name_digest_and_context(store):
    store.insert("datasets", did=1, experiment_id=0, name="iris", digest="d1")
    store.insert("datasets", did=2, experiment_id=0, name="wine", digest="d2")
    store.add_run(1, "a", datasets=[(1, "train")])
    store.add_run(2, "b", datasets=[(1, "train"), (2, "eval")])
    store.add_run(3, "c")

    assert store.runs("dataset.name = 'iris'") == ["b", "a"]
    assert store.runs("datasets.digest IN ('d2')") == ["b"]
    assert store.runs("dataset.context = 'eval' AND dataset.name = 'iris'") == ["b"]  # two inputs may hold it
    assert store.runs("dataset.name != 'iris'") == ["b"]
    assert store.runs("dataset.name IS NULL") == ["c"]


def test_experiments_by_name_time_id_and_tag(store):
    for number, (name, time) in enumerate([("Default", 10), ("deep", 30), ("Deep", 20)]):
        store.insert(
            "experiments", experiment_id=number, name=name, artifact_location="x", lifecycle_stage="active",
            creation_time=time, last_update_time=None if number == 0 else time,
        )  # fmt: skip
    store.insert("experiment_tags", experiment_id=1, key="team", value="a")

    assert store.experiments() == [1, 2, 0]
    assert store.experiments("name ILIKE 'deep' AND attribute.creation_time < 30.5") == [1, 2]
    assert store.experiments("experiment_id = '2'") == [2]
    assert store.experiments("experiment_id = '02'") == []
    assert store.experiments("attributes.experiment_id NOT IN ('2', '0')") == [1]
    assert store.experiments("tags.team IS NULL") == [2, 0]
    assert store.experiments(order_by=["name"]) == [2, 0, 1]
    assert store.experiments(order_by=["last_update_time ASC"]) == [2, 1, 0]
    assert store.experiments(stages=["deleted"]) == []


def test_equal_experiments_are_ordered_by_falling_id(store):
    for number in range(3):
        store.insert(
            "experiments", experiment_id=number, name=str(number), artifact_location="x", lifecycle_stage="active",
            creation_time=1,
        )  # fmt: skip

    assert store.experiments() == [0, 1, 2]
    assert store.experiments(order_by=["creation_time"]) == [2, 1, 0]


def test_models_by_name_and_tag_without_prompts(store):
    store.add_model(1, "b", time=3, tags={"task": "vision"})
    store.add_model(2, "a", time=1)
    store.add_model(3, "p", tags={"mlflow.prompt.is_prompt": "true"})
    store.add_model(4, "q", time=2, tags={"mlflow.prompt.is_prompt": "false"})

    assert store.models() == [2, 1, 4]
    assert store.models("name IN ('a', 'p')") == [2]
    assert store.models("tags.task = 'vision'") == [1]
    assert store.models("NOT tags.task = 'vision'") == [2, 4]
    assert store.models(order_by=["timestamp DESC"]) == [1, 4, 2]


def test_versions_by_number_source_run_and_tag_without_deleted_ones(store):
    store.add_model(1, "b")
    store.add_model(2, "a")
    store.add_version(1, 1, run_id="r1", source="/m/1", last_update_time=5)
    store.add_version(1, 2, run_id="r2", source="/m/2", last_update_time=9, tags={"ok": "yes"})
    store.add_version(1, 3, run_id="r2", deleted=True, last_update_time=99)
    store.add_version(2, 1, source="s3://x", last_update_time=5)

    assert store.versions() == [(1, 2), (2, 1), (1, 1)]
    assert store.versions("name = 'b'") == [(1, 2), (1, 1)]
    assert store.versions("version_number = '1' AND name = 'b'") == [(1, 1)]
    assert store.versions("version_number >= 2.0") == [(1, 2)]
    assert store.versions("run_id IN ('r2', 'r3')") == [(1, 2)]
    assert store.versions("source_path LIKE '/m/%'") == [(1, 2), (1, 1)]
    assert store.versions("tags.ok = 'yes'") == [(1, 2)]
    assert store.versions("NOT tags.ok = 'yes'") == [(2, 1), (1, 1)]
    assert store.versions("run_id IS NULL") == [(2, 1)]
    assert store.versions(order_by=["version_number ASC"]) == [(2, 1), (1, 1), (1, 2)]


@pytest.mark.parametrize(
    "evil",
    ["'; DROP TABLE store.runs; --", "x\\", "%' OR '1'='1", "$1", "$root", "{0}", "%(x)s", "?", "\0", "é\n\t💥"],
)
def test_what_users_write_stays_a_value(store, evil):
    key = evil.replace("`", "")
    store.add_run(1, "a", tags={key: evil}, metrics={key: 1.0})
    store.add_run(2, "b", tags={"other": "x"})
    quote = '"' if "'" in evil else "'"

    assert store.runs(f"tags.`{key}` = {quote}{evil}{quote}") == ["a"]
    assert store.runs(f"metrics.`{key}` > 0 AND tags.`{key}` IN ({quote}{evil}{quote})") == ["a"]
    assert store.runs(order_by=[f"tags.`{key}`", f"metrics.`{key}`"]) == ["a", "b"]


def test_the_longest_and_deepest_filters_run(store):
    store.add_run(1, "a", tags={"x": "1"}, metrics={"m": 1.0})

    assert store.runs(" OR ".join(["tags.x = '2'"] * 499 + ["metrics.m = 1"])) == ["a"]
    assert store.runs("NOT " * 48 + "tags.x = '1'") == ["a"]
    assert store.runs("(" * 1000 + "tags.x = '1'" + ")" * 1000) == ["a"]
