"""The playground as an object: what it predicts, what pages may ask, and what it leaves in the notebook."""

import base64
import io
import json
import pathlib
import threading

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from traitlets import TraitError

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.models import ModelSignature, infer_signature
from jupyter_mlops.types.schema import Array, ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
from jupyter_mlops.views.formats.bundles import MIME

pytestmark = pytest.mark.filterwarnings("ignore:The inferred schema has integer columns")
X = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [1.0, 0.0, 1.0, 2.0, 2.0]})
Y = ["no", "no", "yes", "yes", "no"]


def saved(model, path="model", **given):
    mlflow.sklearn.save_model(model, path, input_example=X, **given)
    return path


def function(predict, path="function", inputs=X[["a"]], **given):
    signature = given.pop("signature", None) or infer_signature(inputs)
    mlflow.pyfunc.save_model(path, python_model=predict, signature=signature, pip_requirements=["pandas"], **given)
    return path


@pytest.fixture
def rivals():
    return saved(LogisticRegression().fit(X, Y)), saved(RandomForestClassifier(5, random_state=0).fit(X, Y), "forest")


def test_the_example_is_predicted_at_once(rivals):
    view = mlflow.playground(rivals[0])
    native = mlflow.sklearn.load_model(rivals[0])
    assert view.values == {"a": 1.0, "b": 1.0}
    (card,) = view.outcome["cards"]
    assert card["outputs"] == [{"name": "prediction", "value": native.predict(X)[0]}]
    chances = dict(zip(native.classes_, native.predict_proba(X)[0], strict=True))
    assert {bar["name"]: bar["value"] for bar in card["bars"]} == pytest.approx(chances)
    assert card["ms"] > 0
    assert view.result["probability_yes"][0] == pytest.approx(chances["yes"])


def test_values_and_result_are_those_of_python(rivals):
    view = mlflow.playground(rivals[0])
    view.values = {"a": np.float64(4.0)}
    assert view.values == {"a": 4.0, "b": 1.0}  # what is not named stays
    native = mlflow.sklearn.load_model(rivals[0])
    assert view.predict()["prediction"][0] == native.predict(pd.DataFrame({"a": [4.0], "b": [1.0]}))[0]
    with pytest.raises(TraitError, match="no input c; it takes a, b"):
        view.values = {"c": 1}
    view.values = {"a": "x"}
    with pytest.raises(InvalidParameter, match="a: 'x' is no number"):
        view.predict()
    with pytest.raises(TraitError, match="'row' or 'rows'"):
        view.tab = "else"


def test_many_rows_and_a_challenger(rivals):
    view = mlflow.playground(*rivals, data=X.assign(truth=Y))
    one, other = (mlflow.sklearn.load_model(path).predict(X) for path in rivals)
    assert view.result["truth"].tolist() == Y
    assert view.result["prediction"].tolist() == one.tolist()
    assert view.result["challenger_prediction"].tolist() == other.tolist()
    assert view.result["differs"].tolist() == (one != other).tolist()
    assert (view.tab, view.table["total"], view.table["left_out"]) == ("rows", 5, ["truth"])
    assert view.table["differing"] == (one != other).sum() > 0
    page = view.answer("compare", {"limit": 2})
    assert page["rows"][0]["differs"]
    assert view.answer("compare", {"differing": True})["total"] == view.table["differing"]
    with pytest.raises(InvalidParameter, match="lacks what the model takes: b"):
        view.predict(X[["a"]])


def test_pages_ask_and_every_page_is_told(rivals):
    view, heard = mlflow.playground(*rivals), []
    view.connect("page", heard.append)
    view.answer("predict", {"values": {"a": 3, "b": "1"}})
    told = {name: value for message in heard for name, value in message["state"].items()}
    assert told["values"] == {"a": 3, "b": "1"}
    assert told["outcome"]["number"] == 2
    assert ">3<" in told["lasting"]["text/html"]
    assert list(told)[-2:] == ["lasting", "outcome"]  # a file that is saved in between has texts of the prediction
    view.answer("rows", {"name": "r.csv", "csv": "b,a\n1,2\n2,3\n"})
    assert view.result[["a", "b"]].to_numpy().tolist() == [[2.0, 1.0], [3.0, 2.0]]
    figure = view.answer("what_if", {"features": ["a"]})
    assert [trace["name"] for trace in figure["figure"]["data"]] == ["model", "forest"]
    assert view.answer("what_if", {"features": ["a", "b"], "output": "no"})["output"] == "no"
    json.dumps(view.page_state(), allow_nan=False)


@pytest.mark.parametrize(
    ("method", "parameters", "said"),
    [
        ("rows", {"name": "x", "csv": "c\n1\n"}, "lacks columns that the model takes: a, b"),
        ("rows", {"name": "x", "npy": "AAAA"}, "no .npy file"),
        ("rows", {"name": "x"}, "no CSV"),
        ("what_if", {"features": ["c"]}, "one or two of a, b"),
        ("what_if", {"features": ["a", "a"]}, "one or two of a, b"),
        ("predict", {"values": {"c": 1}}, "no input c"),
        ("predict", {"values": 3}, "int"),
        ("predict", {"nonsense": 3}, "nonsense"),
        ("compare", {"offset": "x"}, "invalid literal"),
        ("file", {"field": "a", "name": "x", "data": ""}, "no file 'a'"),
        ("rm", {}, "does not know 'rm'"),
    ],
)
def test_what_a_page_asks_wrongly_is_said(rivals, method, parameters, said):
    view = mlflow.playground(rivals[0], data=X)
    with pytest.raises((InvalidParameter, NotFound), match=said):
        view.answer(method, parameters)
    assert view.predict(X)["prediction"].tolist() == mlflow.sklearn.load_model(rivals[0]).predict(X).tolist()


def test_a_page_cannot_change_what_models_said(rivals):
    view = mlflow.playground(rivals[0])
    said = view.outcome
    view.take_state(
        {"outcome": {"number": 99}, "models": [], "lasting": {"text/html": "<script>"}, "tab": "rows"}, "page"
    )
    assert (view.outcome, view.tab) == (said, "rows")
    assert view.models
    assert "<script>" not in view.lasting["text/html"]


def test_nothing_is_loaded_before_somebody_trusts_it():
    def predict(model_input):
        return model_input["a"] * 2

    path = function(predict, input_example=X[["a"]])
    pathlib.Path(path, "jupyter_mlops.signature").unlink()
    view = mlflow.playground(path)
    assert view.models[0]["state"] == "untrusted"
    assert "can run any code" in view.models[0]["message"]
    assert view._trial.contestants[0].model is None
    assert view.values == {"a": 1.0}  # the form needs no code
    with pytest.raises(InvalidState, match="not loaded"):
        view.predict()
    with pytest.raises(InvalidState, match="can run any code"):
        view.answer("predict", {"values": {"a": 2.0}})
    assert "can run any code" in view._repr_mimebundle_()["text/html"]
    view.answer("trust", {})
    assert view.models[0]["state"] == "ready"
    assert view.predict()["prediction"][0] == 4.0
    loaded = view._trial.contestants[0].model
    view.answer("trust", {})
    assert view._trial.contestants[0].model is loaded
    assert mlflow.playground(path, trust=True).predict()["prediction"][0] == 2.0


def test_a_model_that_cannot_be_loaded_says_why():
    path = function(lambda model_input: model_input)
    text = pathlib.Path(path, "MLmodel").read_text()
    pathlib.Path(path, "MLmodel").write_text(text.replace("python_model.pkl", "gone.pkl"))
    view = mlflow.playground(path, trust=True)
    assert view.models[0]["state"] == "broken"
    assert "gone.pkl" in view.models[0]["message"]


def test_an_alias_means_the_version_that_it_was():
    for number in (1, 2):
        with mlflow.start_run():
            mlflow.sklearn.log_model(
                LinearRegression().fit(X, X["a"] * number), "m", input_example=X, registered_model_name="m"
            )
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("m", "best", 1)
    view = mlflow.playground("models:/m@best", challenger="models:/m/latest")
    client.set_registered_model_alias("m", "best", 2)
    assert [model["uri"] for model in view.models] == ["models:/m/1", "models:/m/2"]
    assert repr(view) == "<playground of m 1 @best against m 2>"
    assert view.predict(X)["prediction"].tolist() == pytest.approx(X["a"].tolist())
    for unknown in ("models:/m/7", "models:/no/1", "models:/m@worst", "nowhere", "models:/m/Nostage", ""):
        with pytest.raises(mlflow.MlflowException):
            mlflow.playground(unknown)


def raising(model_input):
    raise RuntimeError("no luck")


def leaving(model_input):
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("predict", "said"),
    [
        (raising, "The model raised RuntimeError: no luck"),
        (leaving, "The model raised SystemExit: 3"),
        (lambda model_input: [1, 2, 3], "returned list of length 3 for 1 row"),
        (lambda model_input: None, "returned NoneType for 1 row"),
        (lambda model_input: np.zeros((2, 3)), r"returned ndarray of shape \(2, 3\) for 1 row"),
        (lambda model_input: pd.DataFrame(), "returned DataFrame"),
    ],
)
def test_models_that_misbehave_are_said_to(predict, said):
    view = mlflow.playground(function(predict, input_example=None), trust=True)
    view.values = {"a": 1.0}
    with pytest.raises(InvalidParameter, match=said):
        view.predict()
    view.answer("predict", {"values": {"a": 2.0}})
    assert view.outcome["cards"][0]["problem"]
    json.dumps(view._repr_mimebundle_(), allow_nan=False)


@pytest.mark.parametrize(
    ("predict", "expected"),
    [
        (lambda x: 3, {"prediction": 3}),
        (lambda x: "text", {"prediction": "text"}),
        (lambda x: [{"label": "a", "score": 0.5}], {"label": "a", "score": 0.5}),
        (lambda x: {"one": [1], "two": ["b"]}, {"one": 1, "two": "b"}),
        (lambda x: np.array([[1.0, 2.0]]), {"output 0": 1.0, "output 1": 2.0}),
        (lambda x: np.array([[7.0]]), {"prediction": 7.0}),
        (lambda x: pd.Series([np.nan]), {"prediction": "NaN"}),
        (lambda x: np.zeros((1, 2, 2)), {"prediction": "[[0.0, 0.0], [0.0, 0.0]]"}),
        (lambda x: [["a", "b"]], {"prediction": '["a", "b"]'}),
    ],
)
def test_outputs_of_many_forms_are_shown(predict, expected):
    view = mlflow.playground(function(predict), trust=True)
    view.predict()
    assert {one["name"]: one["value"] for one in view.outcome["cards"][0]["outputs"]} == expected


def test_several_outputs_that_are_chances_are_bars():
    path = saved(LogisticRegression().fit(X, Y), "chances", pyfunc_predict_fn="predict_proba")
    card = mlflow.playground(path).outcome["cards"][0]
    assert [bar["name"] for bar in card["bars"]] == ["no", "yes"]
    assert [one["name"] for one in card["outputs"]] == ["output 0", "output 1"]


def test_without_a_signature_json_and_csv_are_read():
    mlflow.sklearn.save_model(LogisticRegression().fit(X.to_numpy(), Y), "bare")
    view = mlflow.playground("bare")
    assert view._trial.form.kind == "free"
    with pytest.raises(InvalidParameter, match="Write JSON or CSV"):
        view.predict()
    view.values = {"input": "[[1.0, 1.0]]"}
    assert view.predict()["prediction"][0] in Y
    view.values = {"input": '{"dataframe_split": {"data": [[1.0, 1.0], [4.0, 2.0]]}}'}
    assert (len(view.predict()), view.tab) == (2, "rows")
    view.values = {"input": "{"}
    with pytest.raises(InvalidParameter, match="no JSON"):
        view.predict()


def test_an_example_that_cannot_be_read_is_noted():
    path = saved(LogisticRegression().fit(X, Y))
    pathlib.Path(path, "input_example.json").write_text("{")
    view = mlflow.playground(path, trust=True)
    assert "cannot be read" in view._trial.form.notes[0]
    assert view.values == {"a": 0, "b": 0}


def npy(array):
    kept = io.BytesIO()
    np.save(kept, array)
    return base64.b64encode(kept.getvalue()).decode()


def test_arrays_come_as_files():
    schema = Schema([TensorSpec(np.dtype("float64"), (-1, 2, 20), "image")])
    path = function(
        lambda model_input: model_input["image"].sum(axis=(1, 2)), inputs=None, signature=ModelSignature(schema),
        input_example={"image": np.ones((3, 2, 20))},
    )  # fmt: skip
    view = mlflow.playground(path, trust=True)
    assert view.values == {"image": {"file": "input example", "shape": [1, 2, 20], "dtype": "float64"}}
    assert view.outcome["cards"][0]["outputs"][0]["value"] == 40.0
    view.answer("file", {"field": "image", "name": "two.npy", "data": npy(np.full((2, 20), 2.0))})
    assert view.values["image"]["file"] == "two.npy"
    assert view.predict()["prediction"][0] == 80.0
    view.values = {"image": np.zeros((1, 2, 20))}
    assert view.predict()["prediction"][0] == 0.0
    view.answer("rows", {"name": "rows.npy", "npy": npy(np.ones((4, 2, 20)))})
    assert view.result["prediction"].tolist() == [40.0] * 4
    with pytest.raises(InvalidParameter, match=r"takes the shape \(-1, 2, 20\)"):
        view.answer("file", {"field": "image", "name": "x.npy", "data": npy(np.ones((3, 3)))})


def test_params_reach_the_model():
    class Times(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params):
            return model_input["a"] * params["by"]

    signature = ModelSignature(Schema([ColSpec("double", "a")]), params=ParamSchema([ParamSpec("by", "long", 2)]))
    view = mlflow.playground(function(Times(), signature=signature, input_example=X[["a"]]), trust=True)
    assert (view.params, view.predict()["prediction"][0]) == ({"by": 2}, 2.0)
    assert view.predict(params={"by": 5})["prediction"][0] == 5.0
    view.params = {"by": "x"}
    with pytest.raises(InvalidParameter, match="by: 'x' is no number"):
        view.predict()


def test_the_bundle_is_small_and_escaped(rivals):
    view = mlflow.playground(*rivals, data=pd.concat([X] * 300, ignore_index=True))
    bundle = view._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    assert len(json.dumps(bundle)) < 60_000
    assert 0 < len(bundle[MIME]["state"]["table"]["rows"]) <= 100
    odd = function(lambda model_input: ["<script>"] * len(model_input), inputs=pd.DataFrame({"<b>": ["<i>"]}))
    html = mlflow.playground(odd, data=pd.DataFrame({"<b>": ["<i>"]}), trust=True)._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<i>" not in html


def test_committed_notebooks_stay_the_same(rivals, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    bundles = [mlflow.playground(*rivals)._repr_mimebundle_() for _ in range(2)]
    assert bundles[0] == bundles[1]
    assert set(bundles[0]) == {"text/html", "text/plain"}
    assert " ms" not in bundles[0]["text/html"]


def test_pages_and_cells_ask_at_once():
    view = mlflow.playground(saved(LinearRegression().fit(X, X["a"])))
    failed = []

    def ask(number):
        try:
            view.answer("predict", {"values": {"a": float(number)}})
            view.answer("what_if", {"features": ["a"]})
        except Exception as error:  # collected for the assertion
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    view.predict(X)
    [thread.join(20) for thread in threads]
    assert failed == []
    assert view.outcome["number"] >= 9


def test_what_is_shown_belongs_to_the_form_as_it_is(tmp_path):
    rows = pd.DataFrame({"size": [50.0, 80.0, 120.0]})
    mlflow.sklearn.save_model(LinearRegression().fit(rows, [1.0, 1.6, 2.4]), tmp_path / "m", input_example=rows)
    shown = mlflow.playground(tmp_path / "m")
    shown.values = {"size": 100.0}
    assert "size: 100" in (text := shown._repr_mimebundle_()["text/plain"])
    assert "prediction 2" in text


def test_columns_of_one_name_stay_apart():
    path = function(lambda model_input: pd.DataFrame([[1, 2]] * len(model_input), columns=["x", "x"]))
    view = mlflow.playground(path, path)
    assert list(view.predict(pd.DataFrame({"a": [1.0, 2.0]}))) == [
        "a",
        "x",
        "x_",
        "challenger_x",
        "challenger_x_",
        "differs",
    ]
    assert view.answer("what_if", {"features": ["a"]})["outputs"] == ["x", "x_"]


class Silent(Exception):
    def __str__(self):
        raise ValueError("no text")


def silent(model_input):
    raise Silent


def mute(model_input):
    return [Silent()] * len(model_input)


@pytest.mark.parametrize("predict", [silent, mute])
def test_what_has_no_text_is_said_to(predict):
    view = mlflow.playground(function(predict))
    view.answer("predict", {})
    assert "cannot be written" in str(view.outcome["cards"])


def test_forged_messages_leave_a_view_that_can_be_shown(rivals):
    view, told, deep = mlflow.playground(rivals[0]), [], []
    for _ in range(900):
        deep = [deep]
    view.connect("page", told.append)
    view.take_state({"values": {"a": deep}}, "page")
    assert told[-1]["state"]["values"] == {"a": 1.0, "b": 1.0}
    assert view.answer("rows", {"name": ["<b>"], "csv": "a,b\n1,2\n2,3\n"}) == {"total": 2}
    assert "&lt;b&gt;" in view._repr_mimebundle_()["text/html"]
    assert view.answer("compare", {"limit": -1})["rows"] == []


def test_what_if_stays_within_what_a_column_holds():
    rows = pd.DataFrame({"n": np.array([2**31 - 1], "int32"), "x": [1e308]})
    view = mlflow.playground(function(lambda model_input: [1.0] * len(model_input), inputs=rows, input_example=rows))
    for name in rows:
        places = view.answer("what_if", {"features": [name]})["figure"]["data"][0]["x"]
        assert np.isfinite(places).all()
        assert len(set(places)) > 10


@pytest.mark.parametrize("uri", [None, 5, ""])
def test_what_is_no_uri_is_said(uri):
    with pytest.raises(InvalidParameter, match="needs the URI of a model"):
        mlflow.playground(uri)


def test_params_that_a_model_does_not_take_are_said(rivals):
    with pytest.raises(InvalidParameter, match="no param q; it takes none"):
        mlflow.playground(rivals[0]).predict(X, params={"q": 1})


def test_an_example_of_any_size_is_not_read(rivals):
    with open(pathlib.Path(rivals[0], "input_example.json"), "r+b") as file:
        file.truncate(60_000_000)
    assert "60 MB" in mlflow.playground(rivals[0])._trial.form.notes[0]


def test_a_problem_with_many_rows_of_a_form_is_raised():
    mlflow.pyfunc.save_model("raising", python_model=raising, pip_requirements=["pandas"])
    view = mlflow.playground("raising")
    view.values = {"input": "a\n1\n2\n"}
    with pytest.raises(InvalidParameter, match="The model raised"):
        view.predict()


def test_a_list_for_an_array_is_not_lost():
    signature = ModelSignature(Schema([TensorSpec(np.dtype("float32"), (-1, 2, 2))]))
    view = mlflow.playground(function(lambda model_input: [0.0], signature=signature))
    with pytest.raises(TraitError, match="give an array or bytes, not list"):
        view.values = {"0": [[[1.0, 2.0], [3.0, 4.0]]]}


def test_a_row_of_the_table_can_be_put_into_the_form():
    rows = pd.DataFrame(
        {"tags": [["a", "b"], ["c"]], "kind": ["x", np.nan], "since": pd.to_datetime(["2024-01-02", None])}
    )
    columns = [ColSpec(Array("string"), "tags"), ColSpec("string", "kind", required=False)]
    signature = ModelSignature(Schema([*columns, ColSpec("datetime", "since", required=False)]))
    view = mlflow.playground(
        function(lambda model_input: [len(row) for row in model_input["tags"]], signature=signature)
    )
    view.predict(rows.assign(kind=rows["kind"].astype(object)))
    names = [column["name"] for column in view.table["columns"]]
    told = [dict(zip(names, row["values"], strict=True)) for row in view.answer("compare", {})["rows"]]
    assert [row.pop("prediction") for row in told] == [2, 1]
    assert told[1] == {"tags": '["c"]', "kind": None, "since": None}
    assert view.answer("predict", {"values": told[0]}) == {"tab": "row"}
    assert view.outcome["cards"][0]["outputs"][0]["value"] == 2
