"""registry.md 1 to 5: a row for every promise, its effect read back by a DuckDB in another process."""

import json
import os
import pathlib
import shutil

import pytest
import yaml

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.registry.uris import model_place, resolve_model_uri

EXISTS, MISSING, INVALID, INTERNAL = (
    f"error {code}" for code in ("RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE", "INTERNAL_ERROR")
)
LOGGED = "0123456789abcdef0123456789abcdef"
NAMES = "SELECT name FROM registered_models ORDER BY 1"
BEFORE = [("empty",), ("m",), ("prompt",)]
STAGES = "SELECT version, stage FROM model_versions JOIN registered_models USING (mid) WHERE name = 'm' AND NOT deleted ORDER BY 1"
STAGES_BEFORE = [(1, "Archived"), (2, "Production"), (3, "Production"), (4, "None")]
ALIASES = "SELECT alias, version FROM model_aliases ORDER BY 1"
ALIASES_BEFORE = [("2", 4), ("champion", 2), ("old", 1)]
MODEL_TAGS = "SELECT key, value FROM registered_model_tags JOIN registered_models USING (mid) WHERE name = 'm' ORDER BY 1"
VERSION_TAGS = "SELECT version, key, value FROM model_version_tags ORDER BY 1, 2"
TIMES = "SELECT (SELECT last_update_time FROM registered_models WHERE name = 'm'), (SELECT max(last_update_time) FROM model_versions WHERE version = 1)"
NUMBERS = "SELECT version FROM model_versions JOIN registered_models USING (mid) WHERE name = 'm' AND NOT deleted ORDER BY 1"
NAMES_OF_MODELS = """
"é 日本 @ x"; " "; "a/b"; "/"; "a:b"; "."; ".."; ""; None; 5; "x" * 256; "x" * 257
""".strip().split("; ")

# A promise, calls, what the last of them gives, and what is in the store then.
ROWS = [
    # 1. entities
    ("model", "fields(c.get_registered_model('m'))",
     ["aliases", "creation_timestamp", "description", "last_updated_timestamp", "latest_versions", "name", "tags"]),
    ("version", "fields(c.get_model_version('m', 1))",
     ["aliases", "creation_timestamp", "current_stage", "description", "last_updated_timestamp", "location", "name", "run_id", "run_link",
      "source", "status", "status_message", "tags", "user_id", "version"]),
    ("times are ms", "abs(c.create_registered_model('n').creation_timestamp - now_ms()) < 60_000", True),
    ("latest_versions is the newest of each stage", "[(v.version, v.current_stage) for v in c.get_registered_model('m').latest_versions]",
     [("1", "Archived"), ("3", "Production"), ("4", "None")]),
    ("aliases of a model", "c.get_registered_model('m').aliases", {"2": "4", "champion": "2", "old": "1"}),
    ("aliases of a version", "c.get_model_version('m', '2').aliases", ["champion"]),
    ("READY at once", "c.create_model_version('m', 's3://b/x').status", "READY", "SELECT DISTINCT status FROM model_versions", [("READY",)]),
    ("version is text, ints are taken", "c.get_model_version('m', 2).version", "2"),
    # 2. names, tags, limits
    *(("names of models", f"len(c.create_registered_model({name}).name)", length if length is not None else INVALID, NAMES,
       None if length else BEFORE) for name, length in zip(NAMES_OF_MODELS, (8, *[None] * 9, 256, None), strict=True)),
    ("key of a tag", "c.set_registered_model_tag('m', 'a?b', 'x')", INVALID),
    ("key of a tag is a path", "c.set_registered_model_tag('m', '../b', 'x')", INVALID),
    ("key of 250", "c.set_registered_model_tag('m', 'k' * 250, 'x')", None, MODEL_TAGS, [("k" * 250, "x"), ("team", "blue")]),
    ("key of 251", "c.set_registered_model_tag('m', 'k' * 251, 'x')", INVALID, MODEL_TAGS, [("team", "blue")]),
    ("value of 100000", "c.set_registered_model_tag('m', 'k', 'x' * 100_000)", None, MODEL_TAGS, [("k", "x" * 100_000), ("team", "blue")]),
    ("value of 100001", "c.set_registered_model_tag('m', 'k', 'x' * 100_001)", INVALID, MODEL_TAGS, [("team", "blue")]),
    ("values are str()", "c.set_model_version_tag('m', 1, 'none', None)", None, VERSION_TAGS, [(1, "none", "None"), (1, "stage", "x")]),
    *(("aliases that cannot be", f"c.set_registered_model_alias('m', {alias!r}, 1)", INVALID, ALIASES, ALIASES_BEFORE)
      for alias in ("", "a b", "a/b", "é!", "latest", "Latest", "v1", "V22", "x" * 256)),
    *(("aliases that can be", f"c.set_registered_model_alias('m', {alias!r}, 1)", None, ALIASES, sorted([*ALIASES_BEFORE, (alias, 1)]))
      for alias in ("é", "1", "v", "v1x", "CHAMPION", "a-b_c", "x" * 255)),
    *(("stages in any case", f"c.transition_model_version_stage('m', 4, {stage!r}).current_stage", stage.title())
      for stage in ("staging", "PRODUCTION", "archived", "nOnE")),
    # 3. client methods, models
    ("create: duplicate", "c.create_registered_model('m')", EXISTS),
    ("create: tags, description", "c.create_registered_model('n', {'a': 1}, 'words'); (c.get_registered_model('n').tags, c.get_registered_model('n').description)",
     ({"a": "1"}, "words")),
    ("get: missing", "c.get_registered_model('x')", MISSING),
    ("update", "c.update_registered_model('m', 'new').description", "new", "SELECT description FROM registered_models WHERE name = 'm'", [("new",)]),
    ("update: None clears", "c.update_registered_model('m').description", None),
    ("update bumps", "later(c.update_registered_model('m', 'x'))", True),
    ("update: missing", "c.update_registered_model('x', 'new')", MISSING),
    ("rename takes all along", "c.rename_registered_model('m', 'n'); [v.version for v in c.get_registered_model('n').latest_versions], c.get_registered_model('n').aliases['champion']",
     (["1", "3", "4"], "2"), NAMES, [("empty",), ("n",), ("prompt",)]),
    ("rename: target exists", "c.rename_registered_model('m', 'empty')", EXISTS, NAMES, BEFORE),
    ("rename: blank", "c.rename_registered_model('m', ' ')", INTERNAL, NAMES, BEFORE),
    ("rename: not a name", "c.rename_registered_model('m', 'a/b')", INVALID, NAMES, BEFORE),
    ("rename: missing", "c.rename_registered_model('x', 'y')", MISSING),
    ("delete whatever the stages", "c.delete_registered_model('m')", None,
     "SELECT (SELECT count(*) FROM model_versions), (SELECT count(*) FROM model_aliases), (SELECT count(*) FROM model_version_tags)", [(0, 0, 0)]),
    ("delete: missing", "c.delete_registered_model('x')", MISSING),
    ("a new model of that name begins at 1", "c.delete_registered_model('m'); c.create_registered_model('m'); c.create_model_version('m', 's3://b/x').version", "1"),
    ("search", "names(c.search_registered_models()), type(c.search_registered_models()).__name__", (["empty", "m"], "PagedList")),
    ("fluent search gives all", "names(mlflow.search_registered_models(max_results=None, filter_string=\"name != 'x'\", order_by=['name DESC']))", ["m", "empty"]),
    # versions
    ("create: model must exist", "c.create_model_version('x', 's3://b/x')", MISSING, NAMES, BEFORE),
    ("numbers of deleted ones stay used", "c.create_model_version('m', 's3://b/x').version", "6", NUMBERS, [(1,), (2,), (3,), (4,), (6,)]),
    ("source as it is", "c.create_model_version('m', f'runs:/{run}/model', run).source", "runs:/RUN/model"),
    ("nothing need be there", "c.create_model_version('m', '/nowhere').source", "/nowhere"),
    ("models:/ keeps the place that it meant", "c.create_model_version('m', 'models:/m/latest'); c.get_model_version_download_uri('m', 6)", "s3://bucket/model"),
    ("create: all that is given", "v = c.create_model_version('m', 's3://b/x', 'r', {'a': 1}, 'http://l', 'd'); (v.run_id, v.tags, v.run_link, v.description)",
     ("r", {"a": "1"}, "http://l", "d"), "SELECT run_id, run_link, description FROM model_versions WHERE version = 6", [("r", "http://l", "d")]),
    ("create bumps the model", "later(c.create_model_version('m', 's3://b/x'))", True),
    ("get: not a number", "c.get_model_version('m', 'x')", INVALID),
    ("get: missing", "c.get_model_version('m', 99)", MISSING),
    ("update", "c.update_model_version('m', 1, 'new').description", "new", "SELECT description FROM model_versions WHERE version = 1", [("new",)]),
    ("update: None", "c.update_model_version('m', 1)", INTERNAL, "SELECT description FROM model_versions WHERE version = 1", [("first",)]),
    ("delete", "c.delete_model_version('m', 2)", None, ALIASES, [("2", 4), ("old", 1)]),
    ("delete redacts", "c.delete_model_version('m', 2)", None, "SELECT deleted, source, run_id, description FROM model_versions WHERE version = 2", [(True, None, None, None)]),
    ("delete again", "c.delete_model_version('m', 5)", MISSING),
    ("deleted is gone", "c.get_model_version('m', 5)", MISSING),
    ("delete bumps the model", "later(c.delete_model_version('m', 4))", True),
    ("download uri", "c.get_model_version_download_uri('m', 1)", "ARTIFACTS/model"),
    ("stages there are", "c.get_model_version_stages('m', 1)", ["None", "Staging", "Production", "Archived"]),
    ("latest of all four", "[v.version for v in c.get_latest_versions('m')]", ["1", "3", "4"]),
    ("latest of none is of all", "[v.version for v in c.get_latest_versions('m', [])]", ["1", "3", "4"]),
    ("latest of some", "[v.version for v in c.get_latest_versions('m', ['production', 'Staging'])]", ["3"]),
    ("latest: bad stage", "c.get_latest_versions('m', ['Live'])", INVALID),
    ("latest: missing", "c.get_latest_versions('x')", MISSING),
    ("several share a stage", "c.transition_model_version_stage('m', 4, 'Production')", ..., STAGES, [(1, "Archived"), (2, "Production"), (3, "Production"), (4, "Production")]),
    ("archiving", "c.transition_model_version_stage('m', 4, 'Production', archive_existing_versions=True)", ..., STAGES,
     [(1, "Archived"), (2, "Archived"), (3, "Archived"), (4, "Production")]),
    ("archiving what is there already", "c.transition_model_version_stage('m', 3, 'Production', True)", ..., STAGES,
     [(1, "Archived"), (2, "Archived"), (3, "Production"), (4, "None")]),
    *(("archiving for others", f"c.transition_model_version_stage('m', 4, {stage!r}, True)", INTERNAL, STAGES, STAGES_BEFORE) for stage in ("None", "archived")),
    ("unknown stage", "c.transition_model_version_stage('m', 4, 'Live')", INVALID, STAGES, STAGES_BEFORE),
    *(("blank stage", f"c.transition_model_version_stage('m', 4, {stage!r})", INTERNAL, STAGES, STAGES_BEFORE) for stage in ("", "  ")),
    ("no stage", "c.transition_model_version_stage('m', 4, None)", INVALID, STAGES, STAGES_BEFORE),
    ("moving bumps the model", "later(c.transition_model_version_stage('m', 4, 'Staging'))", True),
    ("moving bumps the version", "c.transition_model_version_stage('m', 4, 'Staging').last_updated_timestamp > c.get_model_version('m', 4).creation_timestamp", True),
    # tags
    ("tag of a model", "c.set_registered_model_tag('m', 'team', 5)", None, MODEL_TAGS, [("team", "5")]),
    ("tag: missing", "c.set_registered_model_tag('x', 'a', 'b')", MISSING),
    ("absent tag", "c.delete_registered_model_tag('m', 'absent')", None, MODEL_TAGS, [("team", "blue")]),
    ("delete tag", "c.delete_registered_model_tag('m', 'team')", None, MODEL_TAGS, []),
    ("delete tag: missing model", "c.delete_registered_model_tag('x', 'team')", MISSING),
    ("tag of a version", "c.set_model_version_tag('m', '1', 'a', 1)", None, VERSION_TAGS, [(1, "a", "1"), (1, "stage", "x")]),
    ("tag of a stage's latest", "c.set_model_version_tag('m', key='a', value='b', stage='production')", None, VERSION_TAGS, [(1, "stage", "x"), (3, "a", "b")]),
    ("tag of neither", "c.set_model_version_tag('m', key='a', value='b')", INVALID, VERSION_TAGS, [(1, "stage", "x")]),
    ("tag of both", "c.set_model_version_tag('m', '1', 'a', 'b', stage='Production')", INVALID, VERSION_TAGS, [(1, "stage", "x")]),
    ("tag of an empty stage", "c.set_model_version_tag('m', key='a', value='b', stage='Staging')", MISSING),
    ("delete tag of a version", "c.delete_model_version_tag('m', '1', 'stage')", None, VERSION_TAGS, []),
    ("delete absent tag of a version", "c.delete_model_version_tag('m', '1', 'absent')", None, VERSION_TAGS, [(1, "stage", "x")]),
    ("delete tag of neither", "c.delete_model_version_tag('m', key='stage')", INVALID),
    ("tags do not bump", "later(c.set_registered_model_tag('m', 'a', 1), c.set_model_version_tag('m', 1, 'a', 1), c.delete_registered_model_tag('m', 'a'))", False),
    ("top level", "mlflow.set_model_version_tag('m', 1, 'a', 1)", None, VERSION_TAGS, [(1, "a", "1"), (1, "stage", "x")]),
    # aliases
    ("alias: missing version", "c.set_registered_model_alias('m', 'a', 99)", MISSING, ALIASES, ALIASES_BEFORE),
    ("alias: deleted version", "c.set_registered_model_alias('m', 'a', 5)", MISSING, ALIASES, ALIASES_BEFORE),
    ("alias moves", "c.set_registered_model_alias('m', 'champion', 4)", None, ALIASES, [("2", 4), ("champion", 4), ("old", 1)]),
    ("aliases do not bump", "later(c.set_registered_model_alias('m', 'champion', 4))", False),
    ("absent alias", "c.delete_registered_model_alias('m', 'absent')", None, ALIASES, ALIASES_BEFORE),
    ("delete alias: missing model", "c.delete_registered_model_alias('x', 'absent')", MISSING),
    ("by alias", "c.get_model_version_by_alias('m', 'champion').version", "2"),
    ("aliases have a case", "c.get_model_version_by_alias('m', 'Champion')", INVALID),
    ("latest is an alias", "c.get_model_version_by_alias('m', 'LATEST').version", "4"),
    # copies
    ("copy", "v = c.copy_model_version('models:/m/1', 'n'); (v.version, v.source, v.run_id, v.description, v.tags, v.aliases, v.current_stage)",
     ("1", "models:/m/1", "RUN", "first", {"stage": "x"}, [], "None"), NAMES, [("empty",), ("m",), ("n",), ("prompt",)]),
    ("copy to itself", "c.copy_model_version('models:/m@champion', 'm').version", "6"),
    ("copy outlives what it is of", "c.copy_model_version('models:/m/1', 'n'); c.delete_registered_model('m'); c.get_model_version_download_uri('n', 1)", "ARTIFACTS/model"),
    *(("copy of no version", f"c.copy_model_version({uri!r}, 'n')", INTERNAL, NAMES, BEFORE) for uri in ("runs:/x/model", "m/1", "/models", "models:/m/1/data")),
    ("copy of a missing version", "c.copy_model_version('models:/m/99', 'n')", MISSING, NAMES, BEFORE),
    ("copy to no name", "c.copy_model_version('models:/m/1', 'a/b')", INVALID, NAMES, BEFORE),
    # 4. register_model
    ("register: runs:/", "v = mlflow.register_model(f'runs:/{run}/model', 'n'); (v.version, v.run_id, v.source)", ("1", "RUN", "ARTIFACTS/model"),
     "SELECT source FROM model_versions ORDER BY mid DESC LIMIT 1", [("mlartifacts/0/RUN/artifacts/model",)]),
    ("register: another version", "mlflow.register_model(f'runs:/{run}/model', 'm', tags={'a': 1}).tags", {"a": "1"}),
    ("register: nothing there", "mlflow.register_model(f'runs:/{run}/none', 'n')", MISSING, NAMES, BEFORE),
    ("register: no run", "mlflow.register_model('runs:/' + 'f' * 32 + '/model', 'n')", MISSING, NAMES, BEFORE),
    ("register: models:/", "v = mlflow.register_model('models:/m/4', 'n'); (v.source, v.run_id)", ("models:/m/4", None)),
    ("register: a folder", "v = mlflow.register_model(folder, 'n'); (v.source, v.run_id)", ("HERE/folder", None)),
    ("register: file:", "mlflow.register_model('file://' + folder, 'n').source", "file://HERE/folder"),
    ("register: a relative path is meant from here", "mlflow.register_model('mlartifacts', 'n').source", "HERE/mlartifacts"),
    ("register: no folder", "mlflow.register_model('/nowhere', 'n')", MISSING, NAMES, BEFORE),
    ("register: s3", "v = mlflow.register_model('s3://bucket/x', 'n'); (v.source, v.run_id)", ("s3://bucket/x", None)),
    ("register: not a name", "mlflow.register_model(f'runs:/{run}/model', 'a:b')", INVALID, NAMES, BEFORE),
    ("register: not a tag", "mlflow.register_model(f'runs:/{run}/model', 'n', tags={'?': 1})", INVALID, NAMES, BEFORE),
    # 5. URIs
    *(("uri", f"place({uri!r})", given) for uri, given in {
        "runs:/RUN/model": "ARTIFACTS/model", "runs:/RUN/model/data": "ARTIFACTS/model/data", "runs:/RUN/model/": "ARTIFACTS/model",
        "models:/m/1": "ARTIFACTS/model", "models:/m/1/data": "ARTIFACTS/model/data", "models:/m/2": "ARTIFACTS/model",
        "models:/m/archived": "ARTIFACTS/model", "models:/m/NONE": "s3://bucket/model", "models:/m/Production/data/x": "/absolute/model/data/x",
        "models:/m/latest": "s3://bucket/model", "models:/m/LATEST/data": "s3://bucket/model/data",
        "models:/m@champion": "ARTIFACTS/model", "models:/m@champion/data": "ARTIFACTS/model/data", "models:/m@2": "s3://bucket/model",
        "models:/m-" + LOGGED: "ARTIFACTS/model", "models:/m-" + LOGGED + "/data": "ARTIFACTS/model/data",
        "relative/x": "HERE/relative/x", "/absolute/x": "/absolute/x", "file:///absolute/x%20y": "/absolute/x y", "s3://bucket/x/": "s3://bucket/x",
        "models:/m/99": MISSING, "models:/m/staging": INTERNAL, "models:/m/Live": INVALID, "models:/m@nobody": INVALID, "models:/x@champion": MISSING,
        "models:/x/1": MISSING, "models:/x/latest": MISSING, "models:/m": MISSING, "models:/m-" + LOGGED[::-1]: MISSING,
        "models:/": INTERNAL, "models:/m/": INTERNAL, "models://m/1": INTERNAL, "models:m/1": INTERNAL, "models:/m/1/../../..": INVALID,
        "models:/@champion": INTERNAL, "models:///m/1": INTERNAL, "runs:///RUN/model": INTERNAL, "models:/m@": INTERNAL,
        "runs:/": INTERNAL, "runs:/RUN": INTERNAL, "runs://RUN/model": INTERNAL, "runs://profile@host/RUN/model": INTERNAL, "runs:/RUN/": INTERNAL,
        "runs:/nobody/model": MISSING, "runs:/RUN/../../x": INVALID, "": INVALID,
    }.items()),
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with one of everything, to be copied, and its run."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        return folder, _make(MlflowClient(folder / "mlops.duckdb"))


def _make(c):
    run = c.create_run("0").info.run_id
    c.log_text(run, "flavors: {}", "model/MLmodel")
    c.log_text(run, "weights", "model/data/x")
    c.set_tag(run, "mlflow.log-model.history", json.dumps([{"artifact_path": "model", "model_uuid": LOGGED}]))
    c.set_terminated(run)
    c.create_registered_model("m", {"team": "blue"}, "words")
    c.create_registered_model("empty")
    c.create_registered_model("prompt", {"mlflow.prompt.is_prompt": "true"})
    c.create_model_version("m", f"runs:/{run}/model", run, {"stage": "x"}, description="first")
    c.create_model_version("m", c.get_run(run).info.artifact_uri + "/model", run)
    for source in ("/absolute/model", "s3://bucket/model", "s3://bucket/gone"):
        c.create_model_version("m", source)
    c.delete_model_version("m", "5")
    for version, stage in (("1", "Archived"), ("2", "Production"), ("3", "Production")):
        c.transition_model_version_stage("m", version, stage)
    for alias, version in (("champion", "2"), ("old", "1"), ("2", "4")):
        c.set_registered_model_alias("m", alias, version)
    return run


@pytest.fixture
def ask(made, tmp_path, sql):
    """Evaluates a row's calls over a store of its own; places and ids in what they give are words."""
    folder, run = made
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "folder").mkdir()
    mlflow.set_tracking_uri(tmp_path / "mlops.duckdb")
    before = sql(TIMES)[0]
    names = {
        "mlflow": mlflow, "c": MlflowClient(), "run": run, "folder": str(tmp_path / "folder"), "now_ms": now_ms,
        "fields": lambda entity: sorted(entity.__struct_fields__), "names": lambda found: [model.name for model in found],
        "place": lambda uri: model_place(uri.replace("RUN", run)).uri, "later": lambda *_: sql(TIMES)[0][0] > before[0],
    }  # fmt: skip
    words = {str(tmp_path / "mlartifacts" / "0" / run / "artifacts"): "ARTIFACTS", run: "RUN", str(tmp_path): "HERE"}

    def spelled(value):
        if isinstance(value, str):
            for place, word in words.items():
                value = value.replace(place, word)
        return type(value)(map(spelled, value)) if isinstance(value, (tuple, list)) else value

    def evaluate(calls):
        *first, last = calls.split("; ")
        try:
            exec("\n".join(first), names)
            return spelled(eval(last, names))
        except MlflowException as error:
            return f"error {error.error_code}"

    return evaluate, lambda query: spelled(sql(query))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:60]}")
def test_the_registry_keeps_its_promises(row, ask):
    _, calls, expected, *(query, rows) = (*row, None, None)[:5]
    evaluate, read = ask
    given = evaluate(calls)
    assert expected is ... or given == expected
    assert query is None or rows is None or read(query) == rows


def test_a_copy_of_a_registered_model_says_which_version_it_is(ask):
    evaluate, _ = ask
    copy = pathlib.Path(evaluate("mlflow.artifacts.download_artifacts('models:/m@champion')"))
    assert yaml.safe_load((copy / "registered_model_meta").read_text()) == {"model_name": "m", "model_version": "2"}
    copy = pathlib.Path(resolve_model_uri("models:/m/1", "copy"))
    assert yaml.safe_load((copy / "registered_model_meta").read_text()) == {"model_name": "m", "model_version": "1"}
    assert not (pathlib.Path(resolve_model_uri("models:/m/1")) / "registered_model_meta").exists()  # that is the original
    below = pathlib.Path(evaluate("mlflow.artifacts.download_artifacts('models:/m/1/data')"))
    assert os.listdir(below) == ["x"]


def test_messages_are_logged_not_printed(ask, caplog, capsys):
    evaluate, _ = ask
    with caplog.at_level("INFO"):
        evaluate("mlflow.register_model(f'runs:/{run}/model', 'n'); mlflow.register_model(f'runs:/{run}/model', 'n'); c.copy_model_version('models:/n/1', 'o')")
    said = [record.message for record in caplog.records if record.name.endswith("registrations")]
    assert [word for word in ("created", "another version", "copied") if not any(word in line for line in said)] == []
    assert capsys.readouterr() == ("", "")


def test_a_model_that_is_registered_as_it_is_logged(sql, model):
    with mlflow.start_run() as run:
        infos = [mlflow.sklearn.log_model(model, "model", registered_model_name="m", pip_requirements=[]) for _ in range(2)]
    assert [info.registered_model_version for info in infos] == [1, 2]
    assert sql("SELECT version, run_id, source FROM model_versions ORDER BY 1") == [
        (number, run.info.run_id, f"mlartifacts/0/{run.info.run_id}/artifacts/model") for number in (1, 2)
    ]
    assert resolve_model_uri(f"models:/m-{infos[1].model_uuid}") == resolve_model_uri("models:/m/2")
    with pytest.raises(MlflowException, match="logged model"):
        resolve_model_uri(f"models:/m-{infos[0].model_uuid}")  # the second one lies in its place
