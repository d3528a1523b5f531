"""``%registry``, ``%model`` and ``%promote`` in a real kernel."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_mlops.views.formats.bundles import MIME

pytestmark = pytest.mark.filterwarnings("default")
LOAD = """
%load_ext jupyter_mlops
import jupyter_mlops as mlflow
client = mlflow.MlflowClient()
client.create_registered_model("beer")
client.create_registered_model("red wine")
for auc in (0.7, 0.9, 0.8):
    run = client.create_run("0").info.run_id
    client.log_metric(run, "auc", auc)
    client.create_model_version("red wine", "s3://bucket/model", run)
mlflow.registry.require("red wine", alias="champion", rule=["metrics.auc > champion", "tags.reviewed"])
None
"""


@pytest.fixture
def execute(tmp_path):
    """What cells leave: for each its outputs as a text, in one kernel."""

    def run(*cells):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (LOAD, *cells)])
        where = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(book, timeout=60, allow_errors=True, kernel_name="python3", resources=where).execute()
        assert book.cells[0].outputs == []
        return [cell.outputs for cell in book.cells[1:]]

    return run


def test_models_are_listed_and_opened(execute):
    everything, found, opened, chosen, near = execute(
        "%registry", "%registry WINE", "%model red wine", "w = %model 'red wine'\nw.selection = ['red wine/2']\nprint(w.versions()[0].version)",
        "%model read wine",
    )  # fmt: skip
    listed = everything[0]["data"]
    assert [model["name"] for model in listed[MIME]["snapshot"]["models"]["models"]] == ["beer", "red wine"]
    assert (listed[MIME]["state"]["name"], found[0]["data"][MIME]["state"]["search"]) == (None, "WINE")
    assert "beer" not in found[0]["data"]["text/html"]
    assert opened[0]["data"][MIME]["state"]["name"] == "red wine"
    assert chosen[0]["text"] == "2\n"
    assert "Names like it: 'red wine'" in json.dumps(near) and "Traceback" not in json.dumps(near)


def test_versions_are_promoted(execute, sql):
    staged, archived, kept, refused, forced, moved, back = execute(
        "%promote 'red wine' 1 staging", "%promote 'red wine' 2 Staging --archive --comment 'better auc'",
        "%promote 'red wine' 3 Staging --keep", "%promote 'red wine' 1 @champion",
        "%promote 'red wine' 1 @champion --force --comment 'a fire'",
        "client.set_model_version_tag('red wine', '2', 'reviewed', 'yes')\n%promote 'red wine' 2 @champion",
        "%promote 'red wine' 3 @champion --force",
    )  # fmt: skip
    assert staged[0]["text"] == "Version 1 of 'red wine' moved from None to Staging.\n"
    assert archived[0]["text"] == "Version 2 of 'red wine' moved from None to Staging. Archived: version 1.\n"
    assert kept[0]["text"] == "Version 3 of 'red wine' moved from None to Staging.\n"
    assert "  tags.reviewed: tag reviewed is not set" in refused[0]["text"]
    assert "metrics.auc" not in refused[0]["text"] and "Traceback" not in json.dumps(refused)
    assert forced[0]["text"] == "Alias @champion of 'red wine' set to version 1. Overruled: tags.reviewed.\n"
    assert moved[0]["text"] == "Alias @champion of 'red wine' moved from version 1 to version 2.\n"
    assert "comment" in json.dumps(back) and "Traceback" not in json.dumps(back)
    assert sql("SELECT version, stage FROM model_versions ORDER BY version") == [
        (1, "Archived"),
        (2, "Staging"),
        (3, "Staging"),
    ]
    assert sql("SELECT alias, version FROM model_aliases") == [("champion", 2)]
    assert sql("SELECT comment, count(*) FROM audit WHERE comment IS NOT NULL GROUP BY ALL ORDER BY 1") == [
        ("a fire", 1),
        ("better auc", 2),
    ]


def test_what_is_wrong_is_one_line(execute, sql):
    cells = {
        "%promote": "it takes NAME VERSION STAGE|@ALIAS",
        "%promote 'red wine' 1": "STAGE|@ALIAS",
        "%promote 'red wine' 1 Nirvana": "There is no stage 'Nirvana'",
        "%promote 'red wine' 1 Staging --archive --keep": "contradict",
        "%promote 'red wine' 1 Staging --fore": "no option '--fore'",
        "%promote 'red wine' 9 Staging": "no version 9",
        "%promote 'red wine' first Staging": "a whole number",
        "%promote 'read wine' 1 Staging": "Names like it: 'red wine'",
        "%promote 'red wine' 1 @latest": "reserved",
        "%promote 'red wine 1 Staging": "No closing quotation",
        "%promote 'red wine' 1 Archived --archive": "archive_existing",
        "%model": "it takes NAME",
        "%model '": "No closing quotation",
    }
    asked = ("%promote --help", "%registry --help", "%model -h")
    outputs = execute(*cells, *asked)
    for (cell, words), output in zip(cells.items(), outputs, strict=False):
        text = output[0].get("text") or output[0]["evalue"]
        assert words in text and len(text.strip().splitlines()) == 1, (cell, text)
        assert "Traceback" not in json.dumps(output), cell
    assert all("%" in output[0]["text"] for output in outputs[-len(asked) :])
    assert set(sql("SELECT stage FROM model_versions")) == {("None",)}
