"""Data sets of runs: written through the journal, read back with the run, by SQL, and found by filters."""

import itertools

import numpy as np
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities import Dataset, DatasetInput, InputTag
from jupyter_mlops.entities.datasets import DatasetSummary
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.journal.operations import INPUTS
from jupyter_mlops.storage.opened import open_store


def given(name, context=None, digest="d1", *, profile=None, **tags):
    contexts = {"mlflow.data.context": context} if context else {}
    dataset = Dataset(name, digest, "local", f'{{"uri": "{name}.csv"}}', '{"columns": []}', profile)
    return DatasetInput(dataset, [InputTag(key, value) for key, value in {**tags, **contexts}.items()])


@pytest.fixture
def client():
    return mlflow.MlflowClient()


@pytest.fixture
def make_run(client):
    """Make a run with these inputs; returns its id."""

    def make(*inputs, experiment="0"):
        run_id = client.create_run(experiment).info.run_id
        client.log_inputs(run_id, list(inputs))
        return run_id

    return make


def test_inputs_are_read_back_with_the_run(client, make_run, sql):
    inputs = [given("iris", "training", owner="ann"), given("wine", profile="{}")]
    run_id = make_run(*inputs)
    assert client.get_run(run_id).inputs.dataset_inputs == inputs
    assert client.search_runs(["0"])[0].inputs.dataset_inputs == inputs
    assert client.get_run(client.create_run("0").info.run_id).inputs.dataset_inputs == []
    assert sql("SELECT name, digest, source_type, source, schema, profile FROM datasets ORDER BY did") == [
        ("iris", "d1", "local", '{"uri": "iris.csv"}', '{"columns": []}', None),
        ("wine", "d1", "local", '{"uri": "wine.csv"}', '{"columns": []}', "{}"),
    ]


def test_a_data_set_is_one_in_its_experiment_and_its_first_details_stay(client, make_run, sql):
    other = client.create_experiment("other")
    make_run(given("iris", profile="first"), given("iris", digest="d2"))
    client.search_runs(["0"])  # folds
    second = make_run(given("iris", profile="second"))
    make_run(given("iris", profile="third"), experiment=other)
    assert client.get_run(second).inputs.dataset_inputs[0].dataset.profile == "first"
    assert sql("SELECT experiment_id, name, digest, profile FROM datasets ORDER BY did") == [
        (0, "iris", "d1", "first"), (0, "iris", "d2", None), (1, "iris", "d1", "third"),
    ]  # fmt: skip


def test_logged_again_an_input_is_one_and_a_second_context_is_a_second_input(client, make_run, sql):
    run_id = make_run(given("iris", "training", part="a"))
    client.get_run(run_id)  # folds
    client.log_inputs(run_id, [given("iris", "training", part="b")])
    client.log_inputs(run_id, [given("iris", "validation", seed="1")])
    found = client.get_run(run_id).inputs.dataset_inputs
    assert [{tag.key: tag.value for tag in item.tags} for item in found] == [
        {"part": "a", "seed": "1", "mlflow.data.context": "training"},
        {"part": "a", "seed": "1", "mlflow.data.context": "validation"},
    ]
    assert sql("SELECT count(*) FROM inputs") == [(1,)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_records_in_any_order_and_folded_in_parts_leave_the_same(client, make_run, sql, order):
    run_id = make_run()
    records = [[given("iris", "training")], [given("iris", "validation")], [given("iris", "training"), given("wine")]]
    store = open_store()
    for place in order:
        for _ in range(2):
            client.log_inputs(run_id, records[place])
        store.last_change()
    assert sql("SELECT name, value FROM inputs JOIN datasets USING (did) LEFT JOIN input_tags USING (rid, did) ORDER BY ALL") == [
        ("iris", "training"), ("iris", "validation"), ("wine", None),
    ]  # fmt: skip


def test_filters_find_runs_by_their_data_sets(client, make_run):
    iris = make_run(given("iris", "training"), given("wine", "validation", digest="w9"))
    wine = make_run(given("wine", "training"))
    make_run()

    def found(text):
        return {run.info.run_id for run in client.search_runs(["0"], text)}

    assert found("dataset.name = 'iris'") == {iris}
    assert found("dataset.name LIKE 'w%'") == {iris, wine}
    assert found("dataset.name ILIKE 'W%' AND dataset.digest = 'd1'") == {iris, wine}  # by two inputs of the first run
    assert found("dataset.name IN ('iris', 'other')") == {iris}
    assert found("dataset.name NOT IN ('wine')") == {iris}
    assert found("dataset.digest = 'w9'") == {iris}
    assert found("dataset.context = 'validation'") == {iris}
    assert found("dataset.name = 'iris' AND dataset.name = 'wine'") == {iris}
    assert found("dataset.name = 'iris' AND dataset.context = 'validation'") == {iris}
    assert found("dataset.context = 'test'") == set()


def test_sql_shows_data_sets_and_inputs(make_run):
    run_id = make_run(given("iris", "training", owner="ann"), given("wine"))
    frame = mlflow.sql("SELECT run_id, name, context FROM inputs ORDER BY name")
    assert frame.astype(object).where(frame.notna(), None).values.tolist() == [
        [run_id, "iris", "training"], [run_id, "wine", None],
    ]  # fmt: skip
    tags = mlflow.sql("SELECT d.name, key, value FROM input_tags JOIN datasets d USING (dataset_id) ORDER BY key")
    assert tags.values.tolist() == [["iris", "mlflow.data.context", "training"], ["iris", "owner", "ann"]]


def test_data_sets_of_experiments_newest_first(client, make_run):
    other = client.create_experiment("other")
    make_run(given("iris", "training"))
    make_run(given("iris", "validation"), given("wine"))
    make_run(given("cars", "training"), experiment=other)
    store = open_store()
    wine, first, second = (
        DatasetSummary("0", "wine", "d1"), DatasetSummary("0", "iris", "d1", "training"), DatasetSummary("0", "iris", "d1", "validation"),
    )  # fmt: skip
    assert store.search_datasets(["0"]) == [wine, first, second]
    assert store.search_datasets(["0", other]) == [DatasetSummary(other, "cars", "d1", "training"), wine, first, second]
    many = [given(f"set{number}") for number in range(1000)]
    make_run(*many)
    names = [summary.name for summary in store.search_datasets(["0"])]
    assert names == [f"set{number}" for number in reversed(range(1000))]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (DatasetInput(Dataset("", "d", "local", "{}")), "name"),
        (DatasetInput(Dataset("x", None, "local", "{}")), "digest"),
        (DatasetInput(Dataset("x", "d" * 37, "local", "{}")), "digest.* 37 characters; at most 36"),
        (DatasetInput(Dataset("x", "d", "local", "s" * 65536)), "65535"),
        (DatasetInput(Dataset("x", "d", "local", "{}"), [InputTag("k", 1)]), "str as value"),
        (DatasetInput(Dataset("x", "d", "local", "{}"), [InputTag("k", "v" * 501)]), "500"),
        (DatasetInput(Dataset("x", "d", "local", "{}"), [InputTag("k", "v"), InputTag("k", "w")]), "twice"),
    ],
)
def test_what_cannot_be_kept_is_an_error_and_nothing_is_written(client, make_run, sql, wrong, hint):
    run_id = make_run()
    with pytest.raises(InvalidParameter, match=hint):
        client.log_inputs(run_id, [given("iris"), wrong])
    assert sql("SELECT count(*) FROM datasets") == [(0,)]


def test_unknown_and_deleted_runs(client, make_run, sql):
    with pytest.raises(NotFound):
        client.log_inputs("f" * 32, [given("iris")])
    run_id = make_run()
    client.delete_run(run_id)
    with pytest.raises(InvalidParameter, match="deleted"):
        client.log_inputs(run_id, [given("iris")])
    open_store().log_inputs(run_id, [given("iris")])  # as a process does that does not know it yet
    assert sql("SELECT run_id, kind, reason FROM rejected") == [(run_id, INPUTS, "the run is deleted")]
    assert sql("SELECT count(*) FROM datasets") == [(0,)]


def test_contexts_and_tags_of_several_data_sets_may_be_left_out(client):
    data = [mlflow.data.from_numpy(np.full(2, number), name=f"d{number}") for number in range(2)]
    with mlflow.start_run() as run:
        mlflow.log_inputs(data)
        mlflow.log_inputs(data[:1], contexts=["training"])
        mlflow.log_inputs(data[:1], tags_list=[{"owner": "ann"}])
        mlflow.log_inputs()
        for wrong in ({"contexts": ["training"]}, {"datasets": data, "contexts": []}):
            with pytest.raises(InvalidParameter, match="as many"):
                mlflow.log_inputs(**wrong)
    used = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert [one.dataset.name for one in used] == ["d0", "d1"]
    assert {tag.key: tag.value for tag in used[0].tags} == {"mlflow.data.context": "training", "owner": "ann"}
