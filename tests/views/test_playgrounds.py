"""The form of a model: fields, ranges, choices, where it starts; and what comes back from it."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.types.schema import Array, ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
from jupyter_mlops.views.playground.files import decode, read_array, read_npy
from jupyter_mlops.views.playground.forms import make_form
from jupyter_mlops.views.playground.inputs import read_csv, read_form, read_params, to_model
from jupyter_mlops.views.playground.results import Answer, differences, result_frame

COLUMNS = Schema(
    [
        ColSpec("integer", "age"), ColSpec("long", "visits"), ColSpec("double", "size"), ColSpec("float", "weight"),
        ColSpec("string", "kind"), ColSpec("string", "name"), ColSpec("boolean", "new"), ColSpec("datetime", "since"),
        ColSpec(Array("double"), "list"), ColSpec("double", "note", required=False), ColSpec("boolean", "maybe", required=False),
    ]
)  # fmt: skip
ROWS = pd.DataFrame(
    {
        "age": [30, 40, 50], "visits": [1, 1, 1], "size": [1.5, 2.5, 3.25], "weight": [2.0, 3.0, 4.0], "kind": ["a", "b", "a"],
        "name": ["Ann", "Bob", "Cid"], "new": [True, False, True], "since": ["2024-01-02T03:04:05", "2024-02-01", "2024-03-01"],
        "list": [[1.0, 2.0], [3.0], [4.0]], "note": [np.nan, 1.0, 2.0],
    }
)  # fmt: skip


def of(inputs, params=None):
    return Model(signature=ModelSignature(inputs, params=params))


def form_of(inputs, example=None, **more):
    return make_form(of(inputs), example, **more)


def tensor(shape, dtype="float64", name=None):
    return Schema([TensorSpec(np.dtype(dtype), shape, name)])


def test_fields_are_made_of_types_and_examples():
    form = form_of(COLUMNS, ROWS)
    kinds = {field.name: field.kind for field in form.fields}
    assert kinds == {
        "age": "integer", "visits": "integer", "size": "number", "weight": "number", "kind": "choice", "name": "text",
        "new": "boolean", "since": "datetime", "list": "json", "note": "number", "maybe": "boolean",
    }  # fmt: skip
    by_name = {field.name: field for field in form.fields}
    assert (by_name["age"].least, by_name["age"].most, by_name["age"].step) == (30, 50, 1)
    assert (by_name["size"].least, by_name["size"].most) == (1.5, 3.25)
    assert 0 < by_name["size"].step <= 0.1
    assert by_name["kind"].options == ["a", "b"]
    assert by_name["name"].options == ["Ann", "Bob", "Cid"]  # nothing comes again: suggestions
    assert [field.name for field in form.fields if not field.required] == ["note", "maybe"]
    assert form.values == {
        "age": 30, "visits": 1, "size": 1.5, "weight": 2.0, "kind": "a", "name": "Ann", "new": True,
        "since": "2024-01-02T03:04:05", "list": "[1.0, 2.0]", "note": "NaN", "maybe": None,
    }  # fmt: skip


def test_what_a_form_starts_with_fits_the_signature():
    form = form_of(COLUMNS, ROWS)
    row, wrong = read_form(form, COLUMNS, form.values, {})
    assert wrong == {}
    assert row["age"].dtype == "int32"
    assert row["weight"].dtype == "float32"
    assert row["since"].dtype.kind == "M"
    assert row["list"][0] == [1.0, 2.0]
    assert "maybe" not in row


def test_without_an_example_there_are_blanks():
    form = form_of(COLUMNS)
    assert form.values["age"] == 0
    assert form.values["name"] == ""
    _, wrong = read_form(form, COLUMNS, form.values, {})
    assert set(wrong) == {"since", "list"}  # nothing sensible to start with
    assert all(text == "A value is needed." for text in wrong.values())


@pytest.mark.parametrize(
    "example", [{"data": 3}, object(), [[1, 2]], pd.DataFrame(), [{"age": "x"}], {"age": [1, [2]]}]
)
def test_an_odd_example_still_leaves_a_form(example):
    form = form_of(COLUMNS, example)
    assert len(form.fields) == len(COLUMNS.inputs)
    assert set(form.values) == set(COLUMNS.input_names())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("age", "abc", "'abc' is no number"),
        ("age", 2.5, "2.5 is no whole number"),
        ("age", 2**40, "integer"),
        ("age", None, "needed"),
        ("size", "", "needed"),
        ("new", "perhaps", "'perhaps' is neither true nor false"),
        ("since", "yesterday", "yesterday"),
        ("list", "[1,", "no JSON"),
        ("list", '"text"', "list or array"),
        ("age", "NaN", "int32"),
    ],
)
def test_what_does_not_fit_is_said_by_field(name, value, said):
    form = form_of(COLUMNS, ROWS)
    row, wrong = read_form(form, COLUMNS, {**form.values, name: value}, {})
    assert row is None
    assert list(wrong) == [name]
    assert said in wrong[name]


def test_text_and_nan_pass():
    form = form_of(COLUMNS, ROWS)
    row, wrong = read_form(form, COLUMNS, {**form.values, "name": "x" * 10_000, "size": "NaN", "visits": "12"}, {})
    assert wrong == {}
    assert len(row["name"][0]) == 10_000
    assert np.isnan(row["size"][0])
    assert row["visits"][0] == 12


def test_params_have_fields_and_messages():
    schema = ParamSchema(
        [ParamSpec("top", "long", 3), ParamSpec("cuts", "double", [0.5], (-1,)), ParamSpec("how", "string", "a")]
    )
    form = make_form(of(Schema([ColSpec("double", "x")]), schema))
    assert form.params_values == {"top": 3, "cuts": "[0.5]", "how": "a"}
    assert read_params(form, schema, form.params_values)[0] == {"top": 3, "cuts": [0.5], "how": "a"}
    params, wrong = read_params(form, schema, {"top": "many", "cuts": "[true]", "how": "b"})
    assert params is None
    assert set(wrong) == {"top", "cuts"}
    assert read_params(form, None, {}) == (None, {})


def test_a_short_vector_is_a_field_for_each_number():
    schema = tensor((-1, 3), "float32")
    form = form_of(schema, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert form.kind == "matrix"
    assert [field.label for field in form.fields] == ["[0]", "[1]", "[2]"]
    assert form.values == {"0": 1.0, "1": 2.0, "2": 3.0}
    row, wrong = read_form(form, schema, form.values, {})
    made = to_model(form, schema, row)
    assert (wrong, made.dtype, made.tolist()) == ({}, np.dtype("float32"), [[1.0, 2.0, 3.0]])


def test_unnamed_columns_keep_their_places():
    schema = Schema([ColSpec("double"), ColSpec("string")])
    form = form_of(schema, [[1.0, "a"], [2.0, "a"]])
    assert form.values == {"0": 1.0, "1": "a"}
    assert list(read_form(form, schema, form.values, {})[0].columns) == [0, 1]


def test_longer_arrays_are_files():
    schema = tensor((-1, 8, 8), "uint8")
    form = form_of(schema)
    assert (form.kind, form.fields[0].kind, form.fields[0].shape) == ("tensors", "file", [-1, 8, 8])
    assert read_form(form, schema, {}, {})[1] == {"0": "Give a file."}
    array = np.zeros((1, 8, 8), "uint8")
    assert to_model(form, schema, read_form(form, schema, {}, {"0": array})[0]) is array


def npy(array):
    kept = io.BytesIO()
    np.save(kept, array)
    return kept.getvalue()


def png(size, colour, mode="RGB"):
    kept = io.BytesIO()
    Image.new(mode, size, colour).save(kept, "png")
    return kept.getvalue()


def test_files_become_arrays_of_the_shape_of_a_tensor():
    spec = tensor((-1, 4, 6, 3), "float32").inputs[0]
    assert read_array(spec, npy(np.ones((4, 6, 3)))).shape == (1, 4, 6, 3)
    red = read_array(spec, png((12, 8), (255, 0, 0)))
    assert (red.shape, red.dtype, red[0, 0, 0].tolist()) == ((1, 4, 6, 3), np.dtype("float32"), [1.0, 0.0, 0.0])
    first = read_array(tensor((-1, 3, 4, 6), "float32").inputs[0], png((6, 4), (0, 255, 0)))
    assert (first.shape, first[0, 1].min(), first[0, 0].max()) == ((1, 3, 4, 6), 1.0, 0.0)
    grey = read_array(tensor((-1, 64)).inputs[0], png((20, 20), 255, "L"), np.full((1, 64), 16.0))
    assert (grey.shape, grey.max()) == ((1, 64), 16.0)  # the range of the example
    bytes_ = read_array(tensor((-1, 4, 4), "uint8").inputs[0], png((4, 4), 200, "L"))
    assert (bytes_.shape, bytes_.max()) == ((1, 4, 4), 200)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no image", "neither a .npy file nor an image"),
        (npy(np.ones((5, 5))), "takes the shape"),
        (npy(np.array([{}], dtype=object)), "cannot be read"),
        (npy(np.ones((4, 6)))[:100], "cannot be read"),
    ],
)
def test_files_that_are_none_are_refused(content, said):
    with pytest.raises(InvalidParameter, match=said):
        read_array(tensor((-1, 4, 6)).inputs[0], content)


def test_uploads_are_bounded():
    with pytest.raises(InvalidParameter, match="5 MB"):
        decode("A" * 7_000_000)
    with pytest.raises(InvalidParameter, match="did not arrive whole"):
        decode("@@@@")
    assert read_npy(decode(base64.b64encode(npy(np.arange(3))).decode())).tolist() == [0, 1, 2]


def test_csv_has_the_types_of_the_signature():
    schema = Schema(
        [ColSpec("integer", "n"), ColSpec("double", "x"), ColSpec("string", "code"), ColSpec("boolean", "new")]
    )
    form = form_of(schema)
    frame, extra = read_csv("n;x;code;new;more\n1;2;007;true;z\n2;;008;no;z\n", schema, form)
    assert extra == ["more"]
    assert (frame["n"].dtype, frame["x"].dtype) == ("int32", "float64")
    assert frame["code"].tolist() == ["007", "008"]
    assert frame["new"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no CSV"),
        ("n,x\n", "no rows"),
        ("a,b\n1,2\n", "lacks columns that the model takes: n, x. It has others: a, b"),
        ("n,x\none,2\n", "'n': 'one' is no number"),
        ("n,x\n1.5,2\n", "'n': 1.5 is no whole number"),
        ("n,x\n,2\n", "'n'"),
        ('n,x\n"1,2\n', "no CSV"),
    ],
)
def test_csv_that_does_not_fit_is_refused(text, said):
    schema = Schema([ColSpec("integer", "n"), ColSpec("double", "x")])
    with pytest.raises(InvalidParameter, match=said):
        read_csv(text, schema, form_of(schema))


def test_models_differ_where_what_they_say_does():
    said = [Answer(pd.DataFrame({"prediction": values})) for values in ([1.0, 2.0, np.nan], [1.0 + 1e-9, 5.0, np.nan])]
    differs, by = differences(said)
    assert (differs.tolist(), by[1]) == ([False, True, False], 3.0)
    words = [Answer(pd.DataFrame({"prediction": values})) for values in (["a", "b"], ["a", "c"])]
    assert differences(words)[0].tolist() == [False, True]
    assert differences([*said[:1], Answer(None, problem="no")]) is None


def test_a_result_never_hides_an_input():
    inputs = pd.DataFrame({"prediction": [1], "differs": [2]})
    answers = [Answer(pd.DataFrame({"prediction": ["x"]})), Answer(pd.DataFrame({"prediction": ["y"]}))]
    assert list(result_frame(inputs, answers).columns) == [
        "prediction",
        "differs",
        "prediction_",
        "challenger_prediction",
        "differs_",
    ]


def test_whole_numbers_that_no_browser_holds_stay_exact():
    schema = Schema([ColSpec("long", "n")])
    form = form_of(schema, {"n": [2**53 + 1]})
    assert form.values == {"n": str(2**53 + 1)}
    assert read_form(form, schema, form.values, {})[0]["n"][0] == 2**53 + 1


BRIEF = Schema([ColSpec("long", "n"), ColSpec("string", "s", required=False), ColSpec("datetime", "t", required=False)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("n,s\n7,1,x\n", "3 values for 2 names"),  # pandas would take 1 for n
        ("n, n\n1,2\n", "several columns of one name: n"),
        ("n\n1e300\n", "64 bits"),
        ("n\n99999999999999999999\n", "64 bits"),
        ("n;s\n2,5;a\n", "Decimals need a point"),
        ("n,t\n1,01.02.2024\n", "Write times as 2026-01-31"),
        ("n" + ",x" * 200_000 + "\n1" + ",2" * 200_000, "more than 10000 columns"),
        ("n\n" + "1\n" * 3_000_000, "more than 5 MB"),
    ],
    ids=["ragged", "twice", "huge", "long", "comma", "time", "wide", "big"],
)
def test_csv_says_what_to_do(text, said):
    with pytest.raises(InvalidParameter, match=said):
        read_csv(text, BRIEF, form_of(BRIEF))


def test_an_optional_text_may_be_missing_in_every_row_of_a_csv():
    frame, _ = read_csv("n,s\n1,\n2,\n", BRIEF, form_of(BRIEF))
    assert frame["n"].tolist() == [1, 2]
    assert frame["s"].tolist() == [None, None]


def test_only_formats_that_pillow_reads_itself_are_images():
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n"
    with pytest.raises(InvalidParameter, match="neither"):
        read_array(tensor((-1, 8, 8)).inputs[0], postscript)


def test_images_are_not_blown_up():
    with pytest.raises(InvalidParameter, match="25 million pixels"):
        read_array(tensor((-1, 100_000, 100_000, 3)).inputs[0], png((1, 1), (0, 0, 0)))


def test_a_long_example_leaves_a_form():
    assert form_of(BRIEF, {"n": [1], "s": ["x" * 300_000]}).values == {"n": 1, "s": "", "t": None}
    form = make_form(Model(), {"s": "x" * 300_000})
    assert form.values == {"input": ""}
    assert "300" in form.notes[1]


def test_a_huge_sparse_example_is_not_unpacked():
    import scipy.sparse

    form = form_of(BRIEF, scipy.sparse.csr_matrix((1, 2_000_000_000)))
    assert "cannot be used" in form.notes[0]


DEEP: list = []
for _ in range(900):
    DEEP = [DEEP]


@pytest.mark.parametrize("cells", [{"n": [DEEP]}, pd.DataFrame([[1, 2]], columns=["n", "n"])], ids=["deep", "twice"])
def test_an_example_that_no_form_can_hold_is_noted(cells):
    form = form_of(BRIEF, cells)
    assert "cannot be used" in form.notes[0]
    assert form.values == {"n": 0, "s": None, "t": None}


def test_arrays_of_nothing_do_not_become_many_numbers():
    with pytest.raises(InvalidParameter, match="elements are empty"):
        read_npy(npy(np.zeros((100_000, 100_000), "V0")))


def test_base64_that_is_none_is_refused():
    with pytest.raises(InvalidParameter, match="did not arrive whole"):
        decode("\u00e9")


@pytest.mark.parametrize(("given", "read"), [(True, 1), ("9223372036854775807", 2**63 - 1), (-5.0, -5)])
def test_whole_numbers_are_read_as_they_are(given, read):
    row, wrong = read_form(form_of(BRIEF), BRIEF, {"n": given}, {})
    assert wrong == {}
    assert row["n"].tolist() == [read]
