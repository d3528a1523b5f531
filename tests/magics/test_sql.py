"""``%%mlops_sql`` in a real kernel."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.filterwarnings("default")
LOAD = """
%load_ext jupyter_mlops
import jupyter_mlops as mlflow
with mlflow.start_run(run_name="first"):
    mlflow.log_metrics({"acc": 0.5, "loss": 0.1})
least = 0.3
"""
QUERY = "SELECT key, value FROM latest_metrics WHERE value > $least"


def execute(tmp_path, *cells):
    """What cells leave: for each the text or the error, in one kernel."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (LOAD, *cells)])
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(book, timeout=60, allow_errors=True, kernel_name="python3", resources=where).execute()
    return [json.dumps(cell.outputs) for cell in book.cells[1:]]


def test_cells_show_keep_and_bind(tmp_path):
    shown, kept, used, line, assigned, many = execute(
        tmp_path,
        f"%%mlops_sql\n{QUERY}",
        f"%%mlops_sql best\n{QUERY}",
        "print(best.to_dict('list'))",
        "%mlops_sql SELECT run_name FROM runs WHERE run_name <> '{least}' AND $least < 1",
        "frame = %mlops_sql show tables\nprint('runs' in set(frame['name']))",
        "%%mlops_sql many --timeout 60\nFROM range(5)",
    )
    assert "acc" in shown and "loss" not in shown and "text/html" in shown
    assert kept == many == "[]"
    assert "{'key': ['acc'], 'value': [0.5]}" in used
    assert "first" in line
    assert "True" in assigned


def test_errors_are_one_message(tmp_path):
    texts = execute(
        tmp_path,
        "%%mlops_sql\nSELECT nothing_such FROM runs",
        "%%mlops_sql\nDELETE FROM runs",
        "%%mlops_sql\nSELECT $unknown",
        "%%mlops_sql two words\nFROM runs",
        "frame = least\n%mlops_sql FROM frame",
        "%mlops_sql",
    )
    for text, hint in zip(texts, ["LINE 1", "statements that read", "$unknown", "two words", "frame", "it takes a query"], strict=True):
        assert hint in text
        assert "UsageError" in text and "Traceback" not in text


def test_the_magic_goes_with_the_extension():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "jupyter_mlops")
    assert "mlops_sql" in shell.magics_manager.magics["cell"]
    shell.run_line_magic("unload_ext", "jupyter_mlops")
    assert not {"mlops_sql", "runs"} & {*shell.magics_manager.magics["cell"], *shell.magics_manager.magics["line"]}
