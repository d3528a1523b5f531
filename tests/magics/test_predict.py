"""``%predict`` in a real kernel."""

import pytest

from jupyter_mlops.views.formats.bundles import MIME
from tests.magics.test_cells import execute, shown  # noqa: F401 - a fixture

pytestmark = pytest.mark.filterwarnings("default")
MODEL = """
import pandas as pd
import jupyter_mlops as mlflow
from sklearn.linear_model import LinearRegression
X = pd.DataFrame({'size': [50.0, 80.0, 120.0]})
with mlflow.start_run():
    for slope in (1, 2):
        mlflow.sklearn.log_model(LinearRegression().fit(X, X['size'] * slope), f'm{slope}', input_example=X, registered_model_name='price')
"""


def test_a_model_and_a_variable(execute):  # noqa: F811
    book = execute(
        MODEL, "%predict models:/price/1", "w = %predict models:/price/1 X --challenger models:/price/2\nw",
        "print(w.result['challenger_prediction'].round().tolist())",
    )  # fmt: skip
    data = book.cells[-3].outputs[0]["data"]
    assert "price 1: prediction 50" in data["text/plain"]
    assert data.get(MIME, {"view": "playground"})["view"] == "playground"
    assert "price 1 against price 2" in book.cells[-2].outputs[0]["data"]["text/plain"]
    assert "[100.0, 160.0, 240.0]" in shown(book.cells[-1])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%predict", "it takes MODEL_URI [DATAFRAME]"),
        ("%predict models:/nothing/1", "nothing"),
        ("%predict models:/price/1 nowhere", "no variable 'nowhere'"),
        ("%predict models:/price/1 --challenger", "--challenger needs URI"),
        ("%predict a b c", "it takes MODEL_URI [DATAFRAME], not a b c"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(execute, line, said):  # noqa: F811
    book = execute("import jupyter_mlops", line, allow_errors=True)
    text = shown(book.cells[-1])
    assert said in text
    assert "Traceback" not in text
