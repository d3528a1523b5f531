"""The card of a running cell, as a front end gets it from a real kernel; the store is read by another process."""

import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_mlops as mlflow
from jupyter_mlops.views.bundles import MIME

pytestmark = pytest.mark.filterwarnings("default")


class Notebook:
    """A kernel, and all that it sends for a cell."""

    def __init__(self, client):
        self.client = client
        self.run("%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow, time")

    def run(self, source, on_message=lambda message: None, **content):
        """Messages of a cell until the kernel is idle again."""
        request, messages = self.client.execute(source, **content), []
        while not messages or messages[-1]["content"].get("execution_state") != "idle":
            message = self.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == request:
                messages.append(message)
                on_message(message)
        return messages


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(folder / "mlops.duckdb"))
        patch.setenv("JUPYTER_MLOPS_LIVE", "1")
        manager, client = start_new_kernel(cwd=str(folder))
        client.folder, client.manager = folder, manager
        yield Notebook(client)
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(autouse=True)
def store(kernel):
    mlflow.set_tracking_uri(str(kernel.client.folder / "mlops.duckdb"))
    yield
    mlflow.set_tracking_uri(None)


def bundles(messages):
    return [m["content"]["data"] for m in messages if MIME in m["content"].get("data", {})]


def cards(messages):
    return [data[MIME] for data in bundles(messages)]


def run_named(name):
    return mlflow.search_runs(filter_string=f"attributes.run_name = '{name}'", output_format="list")[0]


def test_updates_do_not_follow_the_rate_of_logging(kernel):
    messages = kernel.run(
        "%%track fast\nfor i in range(10_000):\n    mlflow.log_metric('loss', 1 / (i + 1), step=i)\n    if i % 1000 == 0: time.sleep(0.1)"
    )
    shown = cards(messages)
    took = shown[-1]["run"]["elapsed"]
    assert 3 <= len(shown) <= 2 + 5 * took
    assert {m["msg_type"] for m in messages if MIME in m["content"].get("data", {})} == {
        "display_data",
        "update_display_data",
    }
    (metric,) = shown[-1]["metrics"]
    assert (metric["value"], metric["step"], metric["low"], metric["high"]) == (1e-4, 9999, 1e-4, 1.0)
    assert len(metric["points"]) <= 40
    assert len(mlflow.MlflowClient().get_metric_history(run_named("fast").info.run_id, "loss")) == 10_000
