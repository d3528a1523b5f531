"""search.md 4 and 5: a row for every promise about searches for registered models and versions."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.entities import PagedList

INVALID = "error INVALID_PARAMETER_VALUE"
MODELS = ["Alpha", "beta", "beta_2", "gamma%"]

# A filter, and the models that it finds, by name.
MODEL_FILTERS = {
    None: MODELS, "": MODELS, "  ": MODELS,
    "name = 'beta'": ["beta"], "name='beta'": ["beta"], 'name = "beta"': ["beta"], "attribute.name = 'beta'": ["beta"], "`name` = 'beta'": ["beta"],
    "name = 'BETA'": [], "name != 'beta'": ["Alpha", "beta_2", "gamma%"],
    "name LIKE 'b%'": ["beta", "beta_2"], "name like 'b%'": ["beta", "beta_2"], "name LIKE 'B%'": [], "name ILIKE 'A%'": ["Alpha"],
    "name ilike '%A'": ["Alpha", "beta"], "name LIKE 'beta__'": ["beta_2"], "name LIKE '%\\%'": [], "name LIKE '%%%'": MODELS,
    "name IN ('beta', 'Alpha', 'x')": ["Alpha", "beta"], "name NOT IN ('beta')": ["Alpha", "beta_2", "gamma%"],
    "tags.team = 'blue'": ["Alpha", "beta"], "tag.team != 'blue'": ["gamma%"], "tags.team LIKE 'r_d'": ["gamma%"], "tags.team ILIKE 'BL%'": ["Alpha", "beta"],
    "tags.`sp ace` = 'x'": ["beta"], 'tags."sp ace" = "x"': ["beta"], "tags.a.b = 'x'": ["beta_2"], "tags.absent = 'x'": [], "tags.absent != 'x'": [],
    "tags.team = 'blue' AND name LIKE 'b%'": ["beta"], "tags.team = 'blue' and tags.`sp ace` = 'x' and name != 'y'": ["beta"],
    "tags.quote = \"it's\"": ["gamma%"], "name = 'x\0'": [], "name = \"'; DROP TABLE runs; --\"": [],
    "tags.mlflow.prompt.is_prompt = 'true'": ["prompt"],
    "name = beta": INVALID, "name = 5": INVALID, "name > 'a'": INVALID, "names = 'beta'": INVALID, "description = 'x'": INVALID, "Tags.team = 'x'": INVALID,
    "creation_timestamp > 5": INVALID, "name = 'beta';": INVALID, "name == 'beta'": INVALID, "name <> 'beta'": INVALID, "'beta' = name": INVALID,
    "name BETWEEN 'a' AND 'b'": INVALID, "name": INVALID, "name = 'beta": INVALID, "name IN ()": INVALID, "name IN (5)": INVALID, "metrics.a > 1": INVALID,
    "name = '\udcff'": INVALID, 5: INVALID,
}  # fmt: skip
# An order, and the models in it.
MODEL_ORDERS = {
    None: MODELS, (): MODELS, ("name",): MODELS, ("name DESC",): MODELS[::-1], ("name asc",): MODELS, ("attribute.name desc",): MODELS[::-1],
    ("timestamp",): ["gamma%", "beta_2", "beta", "Alpha"], ("last_updated_timestamp DESC",): MODELS, ("timestamp DESC", "name"): MODELS,
    ("creation_timestamp",): INVALID, ("name", "name DESC"): INVALID, ("timestamp", "last_updated_timestamp"): INVALID, ("tags.team",): INVALID,
    ("name, timestamp",): INVALID, ("name UP",): INVALID, ("",): INVALID, "name": INVALID, (5,): INVALID,
}  # fmt: skip
VERSIONS = ["a/3", "b/2", "b/1", "a/1"]  # the last changed one first; the second of a is deleted
VERSION_FILTERS = {
    None: VERSIONS, "": VERSIONS,
    "name = 'a'": ["a/3", "a/1"], "name='a'": ["a/3", "a/1"], "name != 'a'": ["b/2", "b/1"], "name LIKE '_'": VERSIONS, "name ILIKE 'B'": ["b/2", "b/1"],
    "name IN ('a')": ["a/3", "a/1"], "name NOT IN ('a', 'c')": ["b/2", "b/1"], "attribute.name = 'a'": ["a/3", "a/1"],
    "run_id = 'r1'": ["b/1", "a/1"], "run_id != 'r1'": ["b/2"], "run_id LIKE 'r%'": ["b/2", "b/1", "a/1"], "run_id ILIKE 'R_'": ["b/2", "b/1", "a/1"],
    "run_id IN ('r1', 'r2')": ["b/2", "b/1", "a/1"], "run_id NOT IN ('r1')": ["b/2"],
    "source_path = 's3://bucket/100%_a'": ["a/1"], "source_path LIKE 's3:%100%'": ["b/1", "a/1"], "source_path ILIKE 'S3:%'": ["b/1", "a/1"],
    "source_path != 's3://bucket/100%_a'": ["a/3", "b/2", "b/1"], "source_path = '{here}/inside'": ["a/3"], "source_path LIKE '{here}/%'": ["a/3"],
    "version_number = 1": ["b/1", "a/1"], "version_number = '1'": ["b/1", "a/1"], "version_number != 1": ["a/3", "b/2"], "version_number > 1": ["a/3", "b/2"],
    "version_number >= 2 AND version_number < 3": ["b/2"], "version_number <= 1": ["b/1", "a/1"], "version_number = 2 AND name = 'a'": [],
    "tags.k = 'v'": ["a/1"], "tag.k != 'v'": ["b/1"], "tags.k LIKE '%'": ["b/1", "a/1"], "tags.`k` ILIKE 'V'": ["a/1"],
    "name = 'a' AND tags.k = 'v' AND run_id = 'r1'": ["a/1"], "name = 'a' OR version_number = 2": ["a/3", "b/2", "a/1"],
    "version_number = 1.5": INVALID, "version_number = 'x'": INVALID, "version_number LIKE '1'": INVALID, "version_number > '\u0661'": INVALID,
    "version = 1": INVALID, "version = '1'": INVALID, "current_stage = 'None'": INVALID, "aliases = 'x'": INVALID, "creation_timestamp > 0": INVALID,
    "last_updated_timestamp > 0": INVALID, "user_id = 'x'": INVALID, "name > 'a'": INVALID, "name = a": INVALID, "run_id = 5": INVALID, "source = 'x'": INVALID,
}  # fmt: skip
VERSION_ORDERS = {
    None: VERSIONS, (): VERSIONS, ("name",): ["a/3", "a/1", "b/2", "b/1"], ("name DESC",): ["b/2", "b/1", "a/3", "a/1"],
    ("version_number",): ["a/1", "b/1", "b/2", "a/3"], ("version_number DESC",): ["a/3", "b/2", "a/1", "b/1"],
    ("name", "version_number ASC"): ["a/1", "a/3", "b/1", "b/2"], ("creation_timestamp",): ["a/1", "b/1", "b/2", "a/3"],
    ("last_updated_timestamp",): VERSIONS[::-1], ("run_id",): INVALID, ("source_path",): INVALID, ("tags.k",): INVALID, ("name", "name"): INVALID,
    ("version",): INVALID,
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A registry with models and versions, each changed at a time of its own."""
    folder = tmp_path_factory.mktemp("searched")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_DATA_DIR", str(folder / "data"))
        client = MlflowClient(folder / "mlops.duckdb")
        tags = {"Alpha": {"team": "blue"}, "beta": {"team": "blue", "sp ace": "x"}, "beta_2": {"a.b": "x"}, "gamma%": {"team": "red", "quote": "it's"}}
        for name in reversed(MODELS):
            client.create_registered_model(name, tags[name])
        client.create_registered_model("prompt", {"mlflow.prompt.is_prompt": "true"})
        versions = MlflowClient(folder / "versions.duckdb")
        for name in "ab":
            versions.create_registered_model(name)
        versions.create_model_version("a", "s3://bucket/100%_a", "r1", {"k": "v"})
        versions.create_model_version("b", "s3://bucket/1000_a", "r1", {"k": "V w"})
        versions.create_model_version("a", "s3://bucket/gone", "r3", {"k": "v"})
        versions.create_model_version("b", "runs:/r2/model", "r2")
        versions.create_model_version("a", f"{folder}/inside")
        versions.delete_model_version("a", "2")
        for name, number in (("b", "1"), ("b", "2"), ("a", "3")):
            versions.update_model_version(name, number, "changed")
        versions.set_registered_model_alias("a", "best", "3")
        return client, versions, str(folder)


def answer(call, *given, **named):
    try:
        return call(*given, **named)
    except MlflowException as error:
        return f"error {error.error_code}"


def names(found):
    return found if isinstance(found, str) else [model.name for model in found]


def numbers(found):
    return found if isinstance(found, str) else [f"{version.name}/{version.version}" for version in found]


@pytest.mark.parametrize("text", MODEL_FILTERS)
def test_filters_of_models(client, text):
    assert names(answer(client[0].search_registered_models, text)) == MODEL_FILTERS[text]


@pytest.mark.parametrize("order", MODEL_ORDERS)
def test_orders_of_models(client, order):
    given = list(order) if isinstance(order, tuple) else order
    assert names(answer(client[0].search_registered_models, order_by=given)) == MODEL_ORDERS[order]


@pytest.mark.parametrize("text", VERSION_FILTERS)
def test_filters_of_versions(client, text):
    given = text and text.replace("{here}", client[2])
    assert numbers(answer(client[1].search_model_versions, given)) == VERSION_FILTERS[text]


@pytest.mark.parametrize("order", VERSION_ORDERS)
def test_orders_of_versions(client, order):
    given = list(order) if isinstance(order, tuple) else order
    assert numbers(answer(client[1].search_model_versions, order_by=given)) == VERSION_ORDERS[order]


@pytest.mark.parametrize(
    ("most", "models", "versions"),
    [(0, [], INVALID), (1, ["Alpha"], ["a/3"]), (1000, MODELS, VERSIONS), (1001, INVALID, VERSIONS), (200_000, INVALID, VERSIONS),
     (200_001, INVALID, INVALID), (-1, INVALID, INVALID), ("5", INVALID, INVALID), (None, INVALID, INVALID)],
)  # fmt: skip
def test_how_many_a_page_may_have(client, most, models, versions):
    assert names(answer(client[0].search_registered_models, max_results=most)) == models
    assert numbers(answer(client[1].search_model_versions, max_results=most)) == versions


def test_pages_follow_each_other_and_the_last_has_no_token(client):
    for search, shown, everything in (
        (client[0].search_registered_models, names, MODELS), (client[1].search_model_versions, numbers, VERSIONS),
    ):  # fmt: skip
        page, found = search(max_results=3), []
        while True:
            assert isinstance(page, PagedList)
            found.append(shown(page))
            if not page.token:
                break
            page = search(max_results=3, page_token=page.token)
        assert found == [everything[:3], everything[3:]]
        for token in ("nonsense", "eyJvZmZzZXQiOiAtMX0="):
            assert answer(search, page_token=token) == INVALID


def test_by_default_a_page_has_100_models_and_10000_versions(client, monkeypatch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_DATA_DIR", client[2] + "/data")
        many = MlflowClient(client[2] + "/many.duckdb")
        for number in range(101):
            many.create_registered_model(f"m{number:03}")
    assert len(many.search_registered_models()) == 100
    mlflow.set_tracking_uri(many.tracking_uri)
    assert len(mlflow.search_registered_models()) == 101
    assert names(mlflow.search_registered_models(max_results=2, order_by=["name DESC"])) == ["m100", "m099"]


def test_what_a_search_finds_is_whole(client):
    version = client[1].search_model_versions("version_number = 3")[0]
    assert version == client[1].get_model_version("a", "3")
    assert version.aliases == ["best"]
    model = client[1].search_registered_models("name = 'a'")[0]
    assert model == client[1].get_registered_model("a")
    assert (model.aliases, [v.aliases for v in model.latest_versions]) == ({"best": "3"}, [["best"]])
