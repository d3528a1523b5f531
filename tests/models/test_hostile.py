"""Folders that somebody made to do harm: refused with an error that says why, and nothing of them has run."""

import os
import pathlib
import socket
import sys
import time

import cloudpickle
import pytest
import yaml

import jupyter_mlops as mlflow
from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, MlflowException, NotFound, UntrustedModel
from jupyter_mlops.models import Model, ModelSignature
from jupyter_mlops.models.mismatches import find_mismatches
from jupyter_mlops.types.schema import ColSpec, Schema
from jupyter_mlops.types.yaml_texts import MAX_BYTES, MAX_DEPTH, read_yaml


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return pathlib.Path(context.artifacts["a"]).read_text()


class Touch:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (pathlib.Path(self.path),)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_text("inside")
    (tmp_path / "helper_of_echo.py").write_text("")
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    mlflow.pyfunc.save_model(
        tmp_path / "m", python_model=Echo(), artifacts={"a": str(tmp_path / "a.txt")}, input_example="text",
        signature=ModelSignature(Schema([ColSpec("string")])), code_paths=[str(tmp_path / "helper_of_echo.py")],
    )  # fmt: skip
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "m"


def change(folder, edit):
    form = yaml.safe_load((folder / "MLmodel").read_text())
    edit(form["flavors"]["python_function"], form)
    (folder / "MLmodel").write_text(yaml.safe_dump(form))


def test_the_folder_loads_as_long_as_it_is_left_alone(folder):
    assert mlflow.pyfunc.load_model(folder).predict("x") == "inside"


@pytest.mark.parametrize("place", ["python_model", "code", "artifacts", "model_code_path", "input example"])
@pytest.mark.parametrize(
    "way",
    ["../secret", "{outside}/secret", "a/../../secret", "..", "%2e%2e/secret", "file:///etc/passwd", "~/x", "x\0y", ""],
)
def test_paths_that_lead_out(folder, place, way, tmp_path):
    way = way.replace("{outside}", str(tmp_path))

    def edit(options, form):
        if place == "artifacts":
            options["artifacts"]["a"]["path"] = way
        elif place == "input example":
            form["saved_input_example_info"]["artifact_path"] = way
        else:
            options[place] = way

    change(folder, edit)
    if place == "input example":
        with pytest.raises(MlflowException):
            Model.load(folder).load_input_example(folder)
        return
    if way == "" and place in ("code", "model_code_path"):
        return  # means that there is none
    with pytest.raises(MlflowException):
        mlflow.pyfunc.load_model(folder, trust=True)


def test_paths_of_data_for_a_loader(folder):
    def edit(options, form):
        options.update(loader_module="json", data="../secret")

    change(folder, edit)
    with pytest.raises(InvalidParameter, match="secret"):
        mlflow.pyfunc.load_model(folder, trust=True)


@pytest.mark.parametrize("place", ["artifacts/link", "code/link.py", "link"])
def test_links_that_lead_out(folder, place, tmp_path):
    (folder / place).symlink_to(tmp_path / "secret")
    for load in (mlflow.pyfunc.load_model, mlflow.pyfunc.get_model_dependencies):
        with pytest.raises(InvalidParameter, match="leads out"):
            load(folder, **({"trust": True} if load is mlflow.pyfunc.load_model else {}))


def test_the_example_may_be_no_link(folder, tmp_path):
    (folder / "input_example.json").unlink()
    (tmp_path / "secret").write_text('"secret"')
    (folder / "input_example.json").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidParameter, match="leads out"):
        Model.load(folder).load_input_example(folder)


@pytest.mark.parametrize("trust", [False, True])
def test_a_pickle_that_acts(folder, trust, tmp_path):
    (folder / "python_model.pkl").write_bytes(cloudpickle.dumps(Touch(str(tmp_path / "ran"))))
    with pytest.raises(MlflowException):
        mlflow.pyfunc.load_model(folder, trust=trust)
    assert (tmp_path / "ran").exists() is trust


def test_code_beside_does_not_run_untrusted(folder, tmp_path):
    (folder / "evil.py").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()")
    change(folder, lambda options, form: options.update(model_code_path="evil.py"))
    with pytest.raises(UntrustedModel, match=r"code|evil\.py"):
        mlflow.pyfunc.load_model(folder)
    change(folder, lambda options, form: options.pop("code"))
    with pytest.raises(UntrustedModel, match=r"evil\.py"):
        mlflow.pyfunc.load_model(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "module", ["os", "subprocess", "antigravity", "mlflow.pyfunc.loaders.chat_model", "jupyter_mlops.cli", ""]
)
def test_other_loaders_do_not_run_untrusted(folder, module):
    change(folder, lambda options, form: (options.update(loader_module=module), options.pop("code")))
    with pytest.raises(MlflowException):
        mlflow.pyfunc.load_model(folder)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("name", ["json.py", "json/__init__.py", "random.so"])
def test_code_that_hides_python(folder, name):
    (folder / "code" / name).parent.mkdir(exist_ok=True)
    (folder / "code" / name).write_text("")
    before = list(sys.path)
    with pytest.raises(InvalidParameter, match="hide"):
        mlflow.pyfunc.load_model(folder, trust=True)
    assert sys.path == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("code", 3), ("config", [1]), ("artifacts", [1]), ("artifacts", {"a": "x"}), ("artifacts", {"a": {"path": 3}}),
        ("python_model", {}), ("predict_fn", "__class__"), ("predict_fn", "a.b"), ("predict_fn", "nothing"), ("predict_fn", 3),
        ("predict_stream_fn", "_x"), ("loader_module", 3), ("model_code_path", 3), ("python_model_compression", "zip"),
        ("python_model_compression", [1]),
    ],
)  # fmt: skip
def test_options_of_another_kind(folder, option, value):
    change(folder, lambda options, form: options.update({option: value}))
    with pytest.raises(MlflowException):
        mlflow.pyfunc.load_model(folder, trust=True)


def test_a_changed_file_of_a_run(folder, tmp_path):
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "m")
    place = pathlib.Path(run.info.artifact_uri.removeprefix("file://")) / "m"
    (place / "artifacts" / "a.txt").write_text("other")
    with pytest.raises((ArtifactCorrupt, UntrustedModel)):
        mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/m")
    with pytest.raises(ArtifactCorrupt, match=r"a\.txt"):
        mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/m", trust=True)


def bomb(levels):
    """Nine times nine times nine ...: a kilobyte that is a billion nodes."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (bomb(10), "nodes"),
        ("x" * (MAX_BYTES + 1), "bytes"),
        ("a: &a [1, *a]", "itself"),
        ("a: &a {b: {c: *a}}", "itself"),
        ("[" * 100_000, "MLmodel"),
        ("a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested"),
        ("- " * 50_000 + "x", "nested"),
        ("? " * 50_000, "nested"),
        ("- 1", "mapping"),
        ("", "mapping"),
        ("a: b: c", "MLmodel"),
        ("a: !!python/object/apply:os.system [touch ran]", "MLmodel"),
        ("\x00", "MLmodel"),
        ("flavors: [1]", "mapping of names"),
        ("flavors: {python_function: 3}", "mapping of names"),
        ("signature: {inputs: '[', outputs: null}", "MLmodel"),
        ("signature: {inputs: '" + "[" * 50_000 + "', outputs: null}", "MLmodel"),
        ("signature: 7", "MLmodel"),
        ("to_dict: 1\nflavors: {}", "to_dict"),
        ("1: 2", "MLmodel"),
    ],
    ids=range(20),
)
def test_mlmodel_that_is_too_much_or_no_such_thing(folder, text, why):
    (folder / "MLmodel").write_text(text)
    begun = time.perf_counter()
    for load in (mlflow.pyfunc.load_model, Model.load):
        with pytest.raises(MlflowException, match=why):
            load(folder)
    assert time.perf_counter() - begun < 20
    assert not os.path.exists("ran")


def test_aliases_as_yaml_writes_them_are_read():
    shared = {"k": [1, 2]}
    text = yaml.safe_dump({"metadata": {"a": shared, "b": shared}})
    assert "&id001" in text
    assert read_yaml(text, "MLmodel") == {"metadata": {"a": shared, "b": shared}}


@pytest.mark.parametrize("kind", ["folder", "fifo", "socket"])
def test_mlmodel_that_is_no_file(folder, kind):
    path = folder / "MLmodel"
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        os.chdir(folder)
        with socket.socket(socket.AF_UNIX) as open_socket:
            open_socket.bind("MLmodel")
    for load in (mlflow.pyfunc.load_model, Model.load):
        with pytest.raises((InvalidParameter, NotFound), match=r"MLmodel|plain file"):
            load(folder)


def test_a_configuration_has_the_same_limits(folder, tmp_path):
    (tmp_path / "c.yaml").write_text(bomb(10))
    with pytest.raises(InvalidParameter, match="nodes"):
        mlflow.pyfunc.load_model(folder, model_config=str(tmp_path / "c.yaml"))


def test_requirements_are_text_only(folder):
    """What they name is looked up, never installed or run."""
    (folder / "requirements.txt").write_text(
        "-e /etc\n--index-url http://x\nnumpy==0.0.1; import os\n\xff\x00\npandas==0.1\n"
    )
    mlflow.pyfunc.load_model(folder, trust=True)


def test_requirements_are_read_at_once(folder):
    (folder / "requirements.txt").write_text(f"numpy{' ' * 60_000}0\nnumpy [extra] == 0.0.1")
    begun = time.perf_counter()
    assert [found[:2] for found in find_mismatches((folder / "requirements.txt").read_text())] == [("numpy", "0.0.1")]
    mlflow.pyfunc.load_model(folder, trust=True)
    assert time.perf_counter() - begun < 5
