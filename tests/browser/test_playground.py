"""The playground: a form that the page and Python share, and models that answer it in the kernel."""

import base64
import json

import pytest
from playwright.sync_api import expect

from tests.browser.labs import field, until

MODELS = """
import warnings; warnings.simplefilter('ignore')
import numpy as np, pandas as pd
import jupyter_mlops as mlflow
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
%load_ext jupyter_mlops
rng = np.random.default_rng(7)
n = 400
X = pd.DataFrame({{
    'tenure': rng.integers(1, 72, n),
    'monthly charges': rng.uniform(18, 120, n).round(2),
    'contract': rng.choice(['month-to-month', 'one year', 'two years'], n, p=[.5, .3, .2]),
    'senior': rng.random(n) < .2,
    'support calls': rng.poisson(1.2, n),
}})
score = 1.5 - X['tenure'] / 20 + X['monthly charges'] / 50 - 1.2 * (X['contract'] != 'month-to-month') + X['support calls'] / 3
y = np.where(score + rng.normal(0, .5, n) > 1.2, 'leaves', 'stays')
def fitted(model):
    columns = make_column_transformer((OneHotEncoder(), ['contract']), (StandardScaler(), ['tenure', 'monthly charges', 'support calls']), remainder='passthrough')
    return make_pipeline(columns, model).fit(X, y)
with mlflow.start_run():
    for model in (LogisticRegression(), RandomForestClassifier(30, max_depth=4, random_state=0)):
        mlflow.sklearn.log_model(fitted(model), type(model).__name__, input_example=X.head(60), registered_model_name={name!r})
client = mlflow.MlflowClient()
client.set_registered_model_alias({name!r}, 'champion', 1)
native = mlflow.sklearn.load_model('models:/{name}/1')
"""


@pytest.fixture
def played(lab, notebook):
    """A notebook with two models and a playground of them; returns the view."""

    def open_and_run(name, call="mlflow.playground('models:/{name}@champion', challenger='models:/{name}/2')", more=""):
        cells = [MODELS.format(name=name).strip() + "\n" + more, f"w = {call.format(name=name)}\nw"]
        lab.open_notebook(notebook(f"{name}.ipynb", *cells)).run_all()
        view = lab.output(1).get_by_test_id("mlops-playground")
        expect(view).to_have_attribute("data-alive", "true")
        return view

    return open_and_run


def test_a_form_is_filled_and_the_models_answer(lab, played):
    view = played("churn")
    expect(view.get_by_test_id("mlops-field")).to_have_count(5)
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(2)  # of the example, before anything is pressed
    field(view, "tenure").locator("input[type=text]").fill("2")
    field(view, "contract").locator("select").select_option("month-to-month")
    field(view, "senior").locator("input").set_checked(True)
    field(view, "monthly charges").locator("input[type=text]").fill("101.5")
    expect(view.get_by_test_id("mlops-result")).to_contain_text("changed since")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")

    told = json.loads(lab.run_code(
        "import json\n"
        "row = w.result[list(X.columns)].astype(X.dtypes)\n"
        "print(json.dumps([w.values, w.result['prediction'][0], native.predict(row)[0], float(native.predict_proba(row)[0][0])]))"
    ))  # fmt: skip
    values, said, expected, chance = told
    assert (values["tenure"], values["contract"], values["senior"]) == (2, "month-to-month", True)
    assert said == expected == view.get_by_test_id("mlops-prediction").first.inner_text()
    bar = view.get_by_test_id("mlops-proba").first.locator('[data-name="leaves"]')
    assert abs(float(bar.get_attribute("data-value")) - chance) < 1e-9

    lab.run_code("w.values = {'tenure': 60}")
    expect(field(view, "tenure").locator("input[type=text]")).to_have_value("60")
    chart = view.get_by_test_id("mlops-what-if-chart")
    expect(chart.locator(".plot-container").first).to_be_visible(timeout=60_000)
    view.scroll_into_view_if_needed()
    lab.shoot("playground")


def test_what_does_not_fit_is_said_next_to_the_field(lab, played):
    view = played("wrong")
    field(view, "monthly charges").locator("input[type=text]").fill("a lot")
    field(view, "tenure").locator("input[type=text]").fill("2.5")
    view.get_by_test_id("mlops-predict").click()
    error = field(view, "monthly charges").get_by_test_id("mlops-field-error")
    expect(error).to_contain_text("no number")
    expect(field(view, "tenure").get_by_test_id("mlops-field-error")).to_be_visible()
    lab.shoot("playground-wrong", lab.output(1))
    field(view, "monthly charges").locator("input[type=text]").fill("50")
    expect(error).to_have_count(0)
    field(view, "tenure").locator("input[type=text]").fill("3")
    lab.page.keyboard.press("Enter")
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(2)
    lab.told("w.values['tenure'], w.values['monthly charges']", "3 50")


def test_models_answer_while_a_cell_runs(lab, played):
    view = played("busy")
    lab.page.evaluate(
        "code => void jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.requestExecute({ code })",
        f"import time\n{until('busy')}",
    )
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.status === 'busy'")
    field(view, "support calls").locator("input[type=text]").fill("9")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    lab.let("busy")


def test_what_if_of_two_inputs(lab, played):
    view = played("whatif")
    chart = view.get_by_test_id("mlops-what-if-chart")
    expect(chart.locator(".plot-container").first).to_be_visible(timeout=60_000)
    view.get_by_test_id("mlops-what-if-second").select_option("monthly charges")
    expect(chart.locator(".heatmaplayer image").first).to_be_attached(timeout=60_000)
    lab.told("w.features", "['tenure', 'monthly charges']")
    lab.shoot("playground-what-if", lab.output(1))
    lab.run_code("w.features = ['contract']")
    expect(view.get_by_test_id("mlops-what-if-feature")).to_have_value("contract")


OTHERS = """
import warnings; warnings.simplefilter('ignore')
import numpy as np, pandas as pd
import jupyter_mlops as mlflow
from jupyter_mlops.models import ModelSignature
from jupyter_mlops.types.schema import *
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.pipeline import make_pipeline
class Visits(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params):
        return [f"{params['greeting']} {name}" for name in model_input['name']]
schema = Schema([ColSpec('string', 'name'), ColSpec('datetime', 'arrival'), ColSpec('double', 'discount', required=False),
                 ColSpec('boolean', 'member', required=False), ColSpec(Array('long'), 'rooms')])
rows = pd.DataFrame({'name': ['Ada', 'Alan'], 'arrival': ['2024-05-01T14:30:00', '2024-05-02T09:00:00'], 'rooms': [[1, 2], [3]]})
mlflow.pyfunc.save_model('visits', python_model=Visits(), input_example=rows, pip_requirements=['pandas'],
    signature=ModelSignature(schema, params=ParamSchema([ParamSpec('greeting', 'string', 'Welcome,')])))
digits = load_digits()
reader = LogisticRegression(max_iter=20).fit(digits.data, digits.target)
mlflow.sklearn.save_model(reader, 'digits', input_example=digits.data[:1])
mlflow.sklearn.save_model(reader, 'bare')
cancer = load_breast_cancer(as_frame=True)
mlflow.sklearn.save_model(make_pipeline(StandardScaler(), LogisticRegression()).fit(cancer.data, cancer.target_names[cancer.target]), 'cancer', input_example=cancer.data)
"""


def test_forms_of_other_kinds(lab, notebook):
    calls = ["visits", "digits", "bare", "cancer"]
    cells = [OTHERS.strip(), *(f"{name} = mlflow.playground({name!r})\n{name}" for name in calls)]
    lab.open_notebook(notebook("others.ipynb", *cells)).run_all()
    visits, digits, bare, cancer = (lab.output(at + 1).get_by_test_id("mlops-playground") for at in range(4))
    for view in (visits, digits, bare, cancer):
        view.scroll_into_view_if_needed()
        expect(view).to_have_attribute("data-alive", "true")
    field(visits, "name").locator("input").fill("Grace")
    field(visits, "arrival").locator("input").fill("2024-06-01T10:00")
    field(visits, "greeting").locator("input").fill("Hello,")
    visits.get_by_test_id("mlops-predict").click()
    expect(visits.get_by_test_id("mlops-prediction")).to_have_text("Hello, Grace")
    lab.shoot("playground-visits", lab.output(1))

    picture = lab.run_code(
        "import base64, io\nfrom PIL import Image\nfile = io.BytesIO()\n"
        "Image.fromarray((digits_data[7] / 16 * 255).reshape(8, 8).astype('uint8')).resize((80, 80), 0).save(file, 'png')\n"
        "print(base64.b64encode(file.getvalue()).decode())".replace("digits_data", "load_digits().data")
    )
    image = {"name": "seven.png", "mimeType": "image/png", "buffer": base64.b64decode(picture)}
    digits.get_by_test_id("mlops-file").locator("input").set_input_files(image)
    expect(digits.get_by_test_id("mlops-file")).to_contain_text("seven.png")
    digits.get_by_test_id("mlops-predict").click()
    expect(digits.get_by_test_id("mlops-prediction")).to_have_text("7")
    lab.shoot("playground-digits", lab.output(2))

    field(bare, "input").locator("textarea").fill(json.dumps([[0.0] * 64]))
    bare.get_by_test_id("mlops-predict").click()
    expect(bare.get_by_test_id("mlops-prediction")).to_have_count(1)
    field(bare, "input").locator("textarea").fill("[[1")
    bare.get_by_test_id("mlops-predict").click()
    expect(bare.get_by_test_id("mlops-field-error")).to_contain_text("no JSON")
    lab.shoot("playground-bare", lab.output(3))

    cancer.get_by_test_id("mlops-field-search").fill("worst area")
    expect(cancer.get_by_test_id("mlops-field")).to_have_count(1)
    cancer.get_by_test_id("mlops-field-search").fill("")
    expect(cancer.get_by_test_id("mlops-what-if-chart").locator(".plot-container").first).to_be_visible(timeout=60_000)
    lab.shoot("playground-many", lab.output(4))


def test_a_file_of_rows_and_where_the_models_differ(lab, played):
    view = played("rows")
    text = lab.run_code("print(X.assign(extra=1).to_csv(index=False))")
    view.get_by_test_id("mlops-tab-rows").click()
    dragged = lab.page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'customers.csv')); return data; }",
        text,
    )
    view.get_by_test_id("mlops-drop").dispatch_event("drop", {"dataTransfer": dragged})
    expect(view.get_by_test_id("mlops-differing")).to_be_visible()
    expected = int(
        lab.run_code("print(sum(native.predict(X) != mlflow.sklearn.load_model('models:/rows/2').predict(X)))")
    )
    assert expected > 0
    assert (
        lab.run_code(
            "print(len(w.result), w.result['differs'].sum(), (w.result['prediction'] == native.predict(X)).all())"
        )
        == f"400 {expected} True"
    )
    expect(view.get_by_test_id("mlops-differing")).to_contain_text(str(expected))
    rows = view.get_by_test_id("mlops-prediction-row")
    expect(rows.first).to_have_attribute("data-differs", "true")
    expect(view).to_contain_text("does not take: extra")
    lab.shoot("playground-rows", lab.output(1))

    view.locator(".jp-mlops-scroller").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    expect(rows.last.locator("button")).to_be_visible()  # fetched from the kernel
    view.get_by_test_id("mlops-only-differing").check()
    expect(view.locator("table")).to_have_attribute("aria-rowcount", str(expected + 2))
    index = rows.first.locator("button").inner_text()
    rows.first.locator("button").click()
    expect(view.get_by_test_id("mlops-result")).to_contain_text("The models differ")
    lab.told(f"w.values['tenure'] == X['tenure'][{index}], w.result['differs'][0]", "True True")

    view.get_by_test_id("mlops-tab-rows").click()
    bad = {"name": "bad.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    view.get_by_test_id("mlops-drop").locator("input[type=file]").set_input_files(bad)
    expect(view.get_by_test_id("mlops-problem")).to_contain_text("lacks columns that the model takes: tenure")


def test_nothing_is_loaded_before_somebody_trusts_it(lab, played):
    more = """
import os, pathlib
class Loud(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        open('loaded.txt', 'a').write('x')
    def predict(self, context, model_input):
        return model_input['tenure'] * 2
mlflow.pyfunc.save_model('loud', python_model=Loud(), signature=mlflow.models.infer_signature(X[['tenure']], X['tenure']), input_example=X[['tenure']].head(3))
pathlib.Path('loud/jupyter_mlops.signature').unlink()
pathlib.Path('loaded.txt').unlink(missing_ok=True)
"""
    view = played("loud", "mlflow.playground('loud')", more)
    expect(view).to_contain_text("can run any code")
    expect(view.get_by_test_id("mlops-result")).to_contain_text("No model is loaded yet")
    expect(view.get_by_test_id("mlops-predict")).to_be_disabled()
    assert lab.run_code("print(os.path.exists('loaded.txt'))") == "False"
    lab.shoot("playground-trust", lab.output(1))
    view.get_by_test_id("mlops-trust").click()
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(1)
    assert (
        lab.run_code("print(open('loaded.txt').read(), w.predict()['prediction'][0] == 2 * w.values['tenure'])")
        == "x True"
    )


def test_a_reload_without_kernel_shows_the_last_result(lab, played):
    view = played("lasting")
    field(view, "tenure").locator("input[type=text]").fill("71")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    said = view.get_by_test_id("mlops-prediction").all_inner_texts()
    bars = view.get_by_test_id("mlops-proba").first.inner_text()
    lab.save()
    data = lab.saved("lasting.ipynb")["cells"][1]["outputs"][0]["data"]
    assert set(data) == {"application/vnd.jupyter-mlops+json", "text/html", "text/plain"}
    assert ">71<" in "".join(data["text/html"])  # what other front ends show is the last prediction, too
    assert len(json.dumps(data)) < 50_000
    lab.command("kernelmenu:shutdown")
    lab.open("lasting.ipynb")
    view = lab.output(1).get_by_test_id("mlops-playground")
    expect(view).to_have_attribute("data-alive", "false")
    assert view.get_by_test_id("mlops-prediction").all_inner_texts() == said
    assert view.get_by_test_id("mlops-proba").first.inner_text() == bars
    expect(field(view, "tenure").locator("input[type=text]")).to_have_value("71")
    expect(view.get_by_test_id("mlops-predict")).to_be_disabled()
    expect(view).to_contain_text("As saved")
