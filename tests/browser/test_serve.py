"""The card of a model that a notebook serves: what it is asked, its end, and what stays of it in the file."""

import socket
import time

from playwright.sync_api import expect

from jupyter_mlops.views.formats.bundles import MIME
from tests.browser.axes import found

MODEL = """
import warnings; warnings.simplefilter('ignore')
import pandas as pd
import jupyter_mlops as mlflow
from sklearn.linear_model import LinearRegression
X = pd.DataFrame({'acres': [50.0, 80.0, 120.0]})
with mlflow.start_run(run_name='vineyard'):
    mlflow.sklearn.log_model(LinearRegression().fit(X, X['acres']), 'model', input_example=X, registered_model_name='vineyard')
mlflow.MlflowClient().set_registered_model_alias('vineyard', 'champion', '1')
%load_ext jupyter_mlops
"""
ASK = """
for _ in range(40):
    served.client.predict(X)
try:
    served.client.predict([[None]])
except mlflow.MlflowException as error:
    print('refused')
"""


def is_open(url):
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def closes(url):
    until = time.monotonic() + 30
    while is_open(url):
        assert time.monotonic() < until
        time.sleep(0.1)


def html_of(lab, name):
    lab.save()
    (output,) = lab.saved(name)["cells"][1]["outputs"]
    assert not output["data"][MIME]["state"]["now"]["log"]
    return "".join(output["data"]["text/html"])


def test_a_model_is_served_asked_stopped_and_started_again(lab, notebook):
    name = notebook("serve.ipynb", MODEL, "served = %serve models:/vineyard@champion", "X")
    lab.open_notebook(name).run_all()
    view = lab.output(1).get_by_test_id("mlops-served-model")
    expect(view).to_have_attribute("data-status", "ready")
    expect(view).to_have_attribute("data-alive", "true")
    expect(view.get_by_test_id("mlops-how-to-ask")).to_contain_text("df = pd.DataFrame([[50.0]], columns=['acres'])")
    expect(view.get_by_role("link", name="version 1")).to_be_visible()
    url = view.get_by_test_id("mlops-served-url").inner_text()
    lab.shoot("serve-new", lab.output(1))

    assert lab.run_code(ASK) == "refused"
    expect(view).to_contain_text("41")
    expect(view).to_contain_text("400 × 1")
    expect(view.get_by_test_id("mlops-latency")).to_be_visible()
    expect(view.get_by_test_id("mlops-p95")).to_contain_text("ms")
    assert found(lab.page, '[data-testid="mlops-served-model"]') == []
    lab.shoot("serve-asked", lab.output(1))
    saved = html_of(lab, name)
    assert f"<code>{url}</code>" in saved
    assert "serving when last seen" in saved
    assert ">41</td>" in saved
    assert "1 (400: 1)" in saved
    assert "<svg" in saved

    lab.open_notebook(name)  # as after a reload of the page
    expect(view).to_have_attribute("data-alive", "true")
    expect(view).to_contain_text("400 × 1")
    assert lab.run_code("served.client.predict(X)") == ""
    expect(view.locator(".jp-mlops-tile-value").get_by_text("42", exact=True)).to_be_visible()  # not that of a latency or port
    view.get_by_role("button", name="Stop").click()
    expect(view).to_have_attribute("data-status", "ended")
    assert not is_open(url)
    lab.shoot("serve-ended", lab.output(1))
    saved = html_of(lab, name)
    assert ">42</td>" in saved
    assert "vineyard@champion → version 1</b> · ended" in saved

    view.get_by_test_id("mlops-serve-again").click()
    expect(view).to_have_attribute("data-status", "ready", timeout=120_000)
    assert view.get_by_test_id("mlops-served-url").inner_text() == url
    lab.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    closes(url)
    expect(view).to_contain_text("last seen")
