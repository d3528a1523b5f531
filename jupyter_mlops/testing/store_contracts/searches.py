"""Searches of runs: filters of every kind, order, pages, views."""

from __future__ import annotations

import pytest

from jupyter_mlops.entities.datasets import Dataset, DatasetInput, InputTag
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import START, StoreFixtures, begin_run, walk

__all__ = ["SearchContract"]


def _found(store: Store, experiment: str, filter_string: str | None, order: list[str] | None = None) -> str:
    """Names of the runs that are found, one letter each."""
    page = store.search_runs([experiment], filter_string, ViewType.ACTIVE_ONLY, 100, order or ["attributes.run_name"], None)
    return "".join(run.info.run_name for run in page)


class SearchContract(StoreFixtures):
    """Tests of `search_runs`."""

    @pytest.fixture
    def four(self, store: Store, experiment: str) -> dict[str, str]:
        """Runs a, b, c and d: name to id."""
        given = {
            "a": ({"loss": 0.1, "val/loss": 1.0}, {"model": "ResNet", "lr": "0.1"}, {"team": "red"}),
            "b": ({"loss": 0.2, "val/loss": -1.0}, {"model": "resnet50", "lr": "0.01"}, {"team": "blue", "deep/tag": "it's ü"}),
            "c": ({"loss": 30.0}, {"model": "vgg", "lr": "1e-3", "a b": "x"}, {"team": "Red"}),
            "d": ({}, {}, {}),
        }
        runs = {
            name: begin_run(store, experiment, name, START + number, metrics=metrics, params=params, tags=tags)
            for number, (name, (metrics, params, tags)) in enumerate(given.items())
        }
        store.update_run(runs["b"], "FINISHED", START + 100, None)
        store.update_run(runs["c"], "FAILED", START + 200, None)
        for name, digest, context in (("a", "1", "train"), ("b", "1", "eval"), ("c", "2", "train")):
            dataset = Dataset(f"iris{digest}", digest, "local", "{}")
            store.log_inputs(runs[name], [DatasetInput(dataset, [InputTag(CONTEXT_TAG, context)])])
        return runs

    def test_filters_of_metrics(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            "metrics.loss < 0.2": "a", "metrics.loss <= 0.2": "ab", "metrics.loss > 0.2": "c", "metrics.loss >= 0.2": "bc",
            "metrics.loss = 30": "c", "metrics.loss != 30": "ab", "metric.loss = 0.1": "a", "metrics.`val/loss` > 0": "a",
            'metrics."val/loss" < 0': "b", "metrics.loss > 0 AND metrics.`val/loss` >= -1e0": "ab", "metrics.none > 0": "",
        }  # fmt: skip
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_filters_of_params(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            "params.model = 'vgg'": "c", "params.model != 'vgg'": "ab", 'param.model = "ResNet"': "a", "params.model LIKE 'res%'": "b",
            "params.model ILIKE 'res%'": "ab", "params.model LIKE '%50'": "b", "params.`a b` = 'x'": "c", "parameters.lr = '1e-3'": "c",
            "params.model LIKE 'ResN_t'": "a", "params.none = 'x'": "",
        }  # fmt: skip
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_filters_of_tags(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            "tags.team = 'red'": "a", "tags.team != 'red'": "bc", "tags.team ILIKE 'RED'": "ac", "tags.team LIKE '%e%'": "abc",
            "tags.`deep/tag` = \"it's ü\"": "b", "tags.mlflow.runName = 'd'": "d", "tags.`mlflow.user` = 'ann'": "abcd", "tag.none = ''": "",
        }  # fmt: skip
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_filters_of_attributes(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            "status = 'RUNNING'": "ad", "attributes.status != 'RUNNING'": "bc", "run_name = 'b'": "b", "attribute.run_name LIKE 'c%'": "c",
            f"start_time > {START + 1}": "cd", f"attributes.start_time = {START}": "a", f"end_time >= {START + 200}": "c",
            "user_id = 'ann' AND status = 'FAILED'": "c", "attributes.created > 0": "abcd", f"run_id = '{four['d']}'": "d",
            f"attributes.run_id IN ('{four['a']}', '{four['c']}')": "ac", f"artifact_uri LIKE '%{four['b']}%'": "b",
        }  # fmt: skip
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_filters_of_data_sets(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            "dataset.name = 'iris1'": "ab", "datasets.digest = '2'": "c", "dataset.context = 'train'": "ac",
            "dataset.name LIKE 'iris%' AND dataset.context = 'eval'": "b", "dataset.name IN ('iris2', 'x')": "c",
        }  # fmt: skip
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_filters_of_several_kinds(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        together = "metrics.loss < 1 and params.model ILIKE 'res%' AND tags.team = 'blue' AND attributes.status = 'FINISHED'"
        assert _found(other, experiment, together) == "b"
        assert _found(other, experiment, None) == "abcd"

    def test_or_and_not(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            "run_name = 'a' OR metrics.loss = 30": "ac", "NOT run_name = 'a'": "bcd",
            "(run_name = 'a' OR run_name = 'b') AND NOT (status = 'FINISHED')": "a",
        }  # fmt: skip
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_what_is_missing(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {"params.model IS NULL": "d", "tags.team IS NOT NULL": "abc", "tags.none IS NULL AND run_name = 'a'": "a"}
        assert {one: _found(other, experiment, one) for one in wanted} == wanted

    def test_params_as_numbers(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        assert _found(other, experiment, "params.lr <= 0.01") == "bc"

    def test_order(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        wanted = {
            ("metrics.loss",): "abcd", ("metrics.loss DESC",): "cbad", ("params.model",): "abcd", ("tags.team DESC",): "abcd",
            ("start_time",): "abcd", ("attributes.start_time DESC",): "dcba", ("end_time DESC",): "cbda",
            ("status", "run_name DESC"): "cbda", ("metrics.none", "run_name DESC"): "dcba", ("attribute.run_id",): "".join(sorted(four, key=lambda one: four[one])),
        }  # fmt: skip
        found = {order: _found(other, experiment, None, list(order)) for order in wanted}
        assert found == wanted
        page = other.search_runs([experiment], None, ViewType.ACTIVE_ONLY, 100, None, None)
        assert [run.info.run_name for run in page] == ["d", "c", "b", "a"]  # the latest first

    def test_found_runs_are_whole(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        page = other.search_runs([experiment], None, ViewType.ACTIVE_ONLY, 100, ["run_name"], None)
        assert list(page) == [other.get_run(run_id) for run_id in four.values()]

    def test_pages(self, store: Store, other: Store, experiment: str) -> None:
        for number in range(5):
            begin_run(store, experiment, str(number), START, metrics={"loss": 1.0})
        for order in (["run_name"], ["metrics.loss"], None):
            pages = walk(lambda token, order=order: other.search_runs([experiment], "metrics.loss > 0", 1, 2, order, token))  # type: ignore[misc]
            assert [len(page) for page in pages] == [2, 2, 1]
            assert sorted(run.info.run_name for page in pages for run in page) == list("01234")

    def test_experiments_that_are_searched(self, store: Store, other: Store, experiment: str, name: str) -> None:
        elsewhere = store.create_experiment(name, None, {})
        for place, run_name in ((experiment, "a"), (elsewhere, "b")):
            begin_run(store, place, run_name, tags={name: "1"})

        def found(places: list[str] | None) -> list[str]:
            page = other.search_runs(places, f"tags.{name} = '1'", ViewType.ACTIVE_ONLY, 10, ["run_name"], None)
            return [run.info.run_name for run in page]

        assert found([experiment, elsewhere]) == ["a", "b"]
        assert (found([elsewhere]), found([])) == (["b"], [])

    def test_all_experiments_are_searched(self, store: Store, other: Store, experiment: str, name: str) -> None:
        elsewhere = store.create_experiment(name, None, {})
        for place, run_name in ((experiment, "a"), (elsewhere, "b")):
            begin_run(store, place, run_name, tags={name: "1"})
        page = other.search_runs(None, f"tags.{name} = '1'", ViewType.ACTIVE_ONLY, 10, ["run_name"], None)
        assert [run.info.run_name for run in page] == ["a", "b"]

    def test_runs_by_column(self, other: Store, experiment: str, four: dict[str, str]) -> None:
        page = other.search_run_columns([experiment], "metrics.loss > 0", ViewType.ACTIVE_ONLY, 2, ["run_name"], None)
        assert page.info["run_id"] == [four["a"], four["b"]]
        assert page.info["start_time"] == [START, START + 1]
        assert page.info["end_time"] == [None, START + 100]
        cells = {(row, key): value for row, key, value in zip(*page.groups["metrics"], strict=True)}
        assert cells == {(0, "loss"): 0.1, (0, "val/loss"): 1.0, (1, "loss"): 0.2, (1, "val/loss"): -1.0}
        params = {(row, key): value for row, key, value in zip(*page.groups["params"], strict=True)}
        assert params[1, "model"] == "resnet50"
        rest = other.search_run_columns([experiment], "metrics.loss > 0", ViewType.ACTIVE_ONLY, 2, ["run_name"], page.token)
        assert (rest.info["run_id"], rest.token) == ([four["c"]], None)

    @pytest.mark.parametrize(
        ("filter_string", "most", "order", "token"),
        [
            ("metrics.loss", 1, None, None), ("metrics.loss = 'a'", 1, None, None), ("params.a > b", 1, None, None),
            ("nome = 'a'", 1, None, None), ("runs.x.y = 1", 1, None, None), (None, 0, None, None), (None, 50_001, None, None),
            (None, 1, ["nome"], None), (None, 1, ["run_name UP"], None), (None, 1, None, "no token"),
        ],
    )  # fmt: skip
    def test_searches_of_runs_that_make_no_sense(
        self, store: Store, experiment: str, filter_string: str | None, most: int, order: list[str] | None, token: str | None
    ) -> None:
        with pytest.raises(InvalidParameter):
            store.search_runs([experiment], filter_string, ViewType.ACTIVE_ONLY, most, order, token)
