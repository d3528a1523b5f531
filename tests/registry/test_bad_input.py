"""What cannot be is an error of the tree, and the registry is as it was: as a DuckDB in another process reads it."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, MlflowException, NotFound, StoreError

TABLES = (
    "registered_models", "registered_model_tags", "model_versions", "model_version_tags", "model_aliases", "audit", "gates", "model_uses", "tombstones", "meta",
)  # fmt: skip
NO_TEXT = (None, 5, 1.5, True, b"m", ["m"], {"m": 1}, object())
NOT_THERE = ("nobody", "M", "m ", " m", "m%", "_", "%", "'; DROP TABLE registered_models; --", 'm" OR 1=1 --', "x" * 10_000, "m\0", "a\nb", "é", "")
BROKEN = ("\udcff", "m\ud800")
NEVER_NEW = ("", " ", "\t", "a/b", "a:b", ".", "..", "a\nb", "a\0b", "a\x7fb", "a\x1b[31mb", "a\u2028b", "x" * 257, "x" * 10_000, *BROKEN, *NO_TEXT)
NO_NUMBERS = ("", " ", "1.0", " 1", "1 ", "+1", "x", "１", "²", "١", "1e0", "0x1", "1_0", "1; DROP TABLE audit", "1" * 5000, None, 1.0, True, b"1", [1], "\udcff")
NO_VERSIONS = ("0", "-1", "99", 99, -1, 2**63, 2**70, str(2**63 - 1), "9" * 40)
NO_ALIASES = ("", " ", "a b", "a/b", "a\n", "@", "a@b", "é!", "latest", "LATEST", "v1", "V999", "x" * 256, "x" * 10_000, "\udcff", *NO_TEXT)
NO_STAGES = ("", " ", "Live", "Production\0", "production;", "\udcff", "x" * 10_000, *NO_TEXT)
NO_KEYS = ("", "a?b", "../a", "/a", "a\nb", "k" * 251, "\udcff", *NO_TEXT)

# Calls with one argument that is wrong, by what it is.
OF_A_MODEL = [
    lambda c, x: c.get_registered_model(x),
    lambda c, x: c.update_registered_model(x, "new"),
    lambda c, x: c.rename_registered_model(x, "new"),
    lambda c, x: c.delete_registered_model(x),
    lambda c, x: c.set_registered_model_tag(x, "a", "b"),
    lambda c, x: c.delete_registered_model_tag(x, "team"),
    lambda c, x: c.create_model_version(x, "s3://b/x"),
    lambda c, x: c.get_latest_versions(x),
    lambda c, x: c.set_registered_model_alias(x, "a", "1"),
    lambda c, x: c.delete_registered_model_alias(x, "champion"),
    lambda c, x: c.get_model_version_by_alias(x, "champion"),
    lambda c, x: c.get_model_version(x, "1"),
    lambda c, x: c.update_model_version(x, "1", "new"),
    lambda c, x: c.delete_model_version(x, "1"),
    lambda c, x: c.transition_model_version_stage(x, "1", "Staging"),
    lambda c, x: c.set_model_version_tag(x, "1", "a", "b"),
    lambda c, x: c.delete_model_version_tag(x, "1", "stage"),
    lambda c, x: c.get_model_version_download_uri(x, "1"),
    lambda c, x: c.get_model_history(x),
    lambda c, x: mlflow.set_model_version_tag(x, "1", "a", "b"),
]
OF_A_VERSION = [
    lambda c, x: c.get_model_version("m", x),
    lambda c, x: c.update_model_version("m", x, "new"),
    lambda c, x: c.delete_model_version("m", x),
    lambda c, x: c.transition_model_version_stage("m", x, "Staging", archive_existing_versions=True),
    lambda c, x: c.set_registered_model_alias("m", "a", x),
    lambda c, x: c.get_model_version_download_uri("m", x),
    lambda c, x: mlflow.set_model_version_tag("m", x, "a", "b"),
]
OF_A_NEW_NAME = [
    lambda c, x: c.create_registered_model(x),
    lambda c, x: c.rename_registered_model("m", x),
    lambda c, x: c.copy_model_version("models:/m/1", x),
    lambda c, x: mlflow.register_model("s3://b/x", x),
]


@pytest.fixture
def client():
    client = MlflowClient()
    client.create_registered_model("m", {"team": "blue"}, "words")
    client.create_registered_model("other")
    for _ in range(2):
        client.create_model_version("m", "s3://bucket/model", tags={"stage": "x"})
    for _ in range(3):
        client.create_model_version("other", "s3://bucket/model")
    client.transition_model_version_stage("m", "2", "Production")
    client.set_registered_model_alias("m", "champion", "2")
    return client


@pytest.fixture
def refuses(client, sql):
    """Makes calls, each of which has to raise one of some errors, and compares the registry before and after."""

    def dump():
        return {table: sql(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}

    before = dump()

    def run(calls, given, *errors):
        for call in calls:
            for value in given:
                with pytest.raises(MlflowException) as caught:
                    call(client, value)
                assert isinstance(caught.value, errors), (value, caught.value)
                assert not isinstance(caught.value, StoreError)
                assert len(str(caught.value)) < 1500
        after = dump()
        assert after == before

    return run


def test_models_that_are_not_there(refuses):
    refuses(OF_A_MODEL[:1], NOT_THERE, NotFound)
    refuses(OF_A_MODEL, NOT_THERE[::4], NotFound)


def test_models_that_cannot_be(refuses):
    refuses(OF_A_MODEL[:1], (*BROKEN, *NO_TEXT), InvalidParameter)
    refuses(OF_A_MODEL, (BROKEN[0], None, 5), InvalidParameter)


def test_versions_that_are_not_there(refuses):
    refuses(OF_A_VERSION[:1], NO_VERSIONS, NotFound)
    refuses(OF_A_VERSION, ("3", 2**70), NotFound)  # the other model has a third one


def test_versions_that_cannot_be(refuses):
    refuses(OF_A_VERSION[:1], NO_NUMBERS, InvalidParameter)
    refuses(OF_A_VERSION, NO_NUMBERS[::4], InvalidParameter)


def test_names_that_no_new_model_may_have(refuses):
    refuses(OF_A_NEW_NAME[:1], NEVER_NEW, InvalidParameter)
    refuses(OF_A_NEW_NAME, NEVER_NEW[::4], InvalidParameter)


def test_names_that_are_taken(refuses):
    refuses([lambda c, x: c.create_registered_model(x), lambda c, x: c.rename_registered_model("m", x)], ["other"], AlreadyExists)


def test_stages(refuses):
    refuses([lambda c, x: c.transition_model_version_stage("m", "1", x)], NO_STAGES, InvalidParameter)
    refuses([lambda c, x: c.get_latest_versions("m", [x])], NO_STAGES, InvalidParameter)
    refuses([lambda c, x: c.transition_model_version_stage("m", "1", x, True)], ["None", "archived"], InvalidParameter)
    refuses([lambda c, x: c.set_model_version_tag("m", key="a", value="b", stage=x)], ["Staging"], NotFound)


def test_aliases(refuses):
    refuses([lambda c, x: c.set_registered_model_alias("m", x, "1")], NO_ALIASES, InvalidParameter)
    refuses([lambda c, x: c.get_model_version_by_alias("m", x)], ["nobody", "Champion", "champion ", "%", "\udcff", *NO_TEXT], NotFound, InvalidParameter)
    refuses([lambda c, x: c.delete_registered_model_alias("m", x)], ["\udcff", *NO_TEXT], InvalidParameter)


def test_tags(refuses):
    refuses(
        [
            lambda c, x: c.set_registered_model_tag("m", x, "b"),
            lambda c, x: c.set_model_version_tag("m", "1", x, "b"),
            lambda c, x: c.create_registered_model("new", {x if x.__hash__ else "?": "b"}),
            lambda c, x: c.create_model_version("m", "s3://b/x", tags={"fine": 1, x if x.__hash__ else "?": "b"}),
            lambda c, x: mlflow.register_model("s3://b/x", "new", tags={x if x.__hash__ else "?": "b"}),
        ],
        NO_KEYS[::2],
        InvalidParameter,
    )
    refuses(
        [
            lambda c, x: c.set_registered_model_tag("m", "a", x),
            lambda c, x: c.set_model_version_tag("m", "1", "a", x),
            lambda c, x: c.create_registered_model("new", {"a": x}),
            lambda c, x: c.create_model_version("m", "s3://b/x", tags={"fine": 1, "a": x}),
            lambda c, x: mlflow.register_model("s3://b/x", "new", tags={"a": x}),
        ],
        ["\udcff", "x" * 100_001],
        InvalidParameter,
    )


def test_sources_and_descriptions(refuses):
    refuses(
        [
            lambda c, x: c.create_model_version("m", x),
            lambda c, x: mlflow.register_model(x, "new"),
            lambda c, x: c.copy_model_version(x, "new"),
        ],
        ["", " ", "\udcff", *NO_TEXT, "models:/m/99", "models:/m@nobody", "models:/nobody/1", "models:/m", "models:/m-" + "0" * 32, "models:/"],
        MlflowException,
    )
    refuses([lambda c, x: c.create_model_version("m", x)], ["s3://b/" + "x" * 10_000, "/models/a\0b", "s3://key:secret@b/x"], InvalidParameter)
    refuses([lambda c, x: mlflow.register_model(x, "new")], ["/nowhere", "nowhere", "file:///nowhere", "runs:/nobody/model"], NotFound)
    refuses([lambda c, x: mlflow.register_model(x, "new")], ["runs:/", "runs:/a", "models:/", "models:m/1"], MlflowException)
    refuses(
        [
            lambda c, x: c.create_registered_model("new", description=x),
            lambda c, x: c.create_model_version("m", "s3://b/x", description=x),
            lambda c, x: c.create_model_version("m", "s3://b/x", run_link=x),
            lambda c, x: c.create_model_version("m", "s3://b/x", run_id=x),
            lambda c, x: c.update_registered_model("m", x),
            lambda c, x: c.update_model_version("m", "1", x),
        ],
        ["\udcff", "x" * 100_001, 5, b"x", ["x"]],
        InvalidParameter,
    )


NAMES = ["'; DROP TABLE registered_models; --", "%", "_", "a\\b", 'a"b$', "日本 @ é", "x" * 256, "{a}🎉\u200d"]


def test_strange_names_that_are_fine_are_kept_as_they_are(sql):
    client = MlflowClient()
    for name in NAMES:
        client.create_registered_model(name, {"n": "a'b\nc"}, "d'\0é")
        client.create_model_version(name, "s3://b/'%_\n", tags={"t": name})
        client.set_registered_model_alias(name, "here", 1)
        client.transition_model_version_stage(name, 1, "Staging")
        assert client.get_model_version_by_alias(name, "here").tags == {"t": name}
        assert client.get_registered_model(name).latest_versions == client.get_latest_versions(name, ["staging"])
        quoted = f'"{name}"' if "'" in name else f"'{name}'"
        assert [model.name for model in client.search_registered_models(f"name = {quoted}")] == [name]
    assert sorted(sql("SELECT name FROM registered_models")) == sorted((name,) for name in NAMES)
    assert sql("SELECT DISTINCT source FROM model_versions") == [("s3://b/'%_\n",)]


def test_old_names_that_no_new_model_may_have_can_be_read_and_renamed(python):
    client = MlflowClient()
    for number, name in enumerate(["first", "second"]):
        client.create_registered_model(name)
        client.create_model_version(name, f"s3://b/{number}")
    python("""
        import duckdb
        with duckdb.connect("mlops.duckdb") as plain:
            plain.execute("UPDATE registered_models SET name = chr(10) || 'old/' || chr(7) || name")
    """)
    names = ["\nold/\afirst", "\nold/\asecond"]
    assert [model.name for model in client.search_registered_models()] == names
    assert client.get_model_version(names[0], 1).source == "s3://b/0"
    assert client.create_model_version(names[0], "s3://b/x").version == "2"
    client.set_registered_model_alias(names[0], "here", 2)
    assert client.rename_registered_model(names[0], "clean").aliases == {"here": "2"}
    client.delete_registered_model(names[1])
    assert [model.name for model in client.search_registered_models()] == ["clean"]


def test_many_large_tags(sql):
    client = MlflowClient()
    tags = {f"k{number}": "x" * 50_000 for number in range(200)}
    client.create_registered_model("m", tags)
    client.create_model_version("m", "s3://b/x", tags=tags)
    assert client.get_registered_model("m").tags == client.get_model_version("m", 1).tags == tags
    assert sql("SELECT count(*), sum(length(value)) FROM model_version_tags") == [(200, 10_000_000)]


def test_ways_to_say_a_version():
    numpy = pytest.importorskip("numpy")
    client = MlflowClient()
    client.create_registered_model("m")
    client.create_model_version("m", "s3://b/x")
    for version in (1, "1", "01", numpy.int64(1)):
        assert client.get_model_version("m", version).version == "1"


def test_control_characters_are_shown_by_their_codes_in_messages(client):
    with pytest.raises(InvalidParameter) as caught:
        client.create_registered_model("a\x1b[31m\nb")
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)
