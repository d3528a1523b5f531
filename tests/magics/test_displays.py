"""Records as a notebook shows them, once the extension is loaded."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mlops as mlflow
from jupyter_mlops.magics.extension import load_ipython_extension, unload_ipython_extension


@pytest.fixture
def shown():
    shell = InteractiveShell()
    load_ipython_extension(shell)
    yield lambda value: shell.display_formatter.format(value)[0]
    unload_ipython_extension(shell)
    run = mlflow.search_runs(output_format="list")[0]
    assert "text/html" not in shell.display_formatter.format(run)[0]


def test_records_are_tables_and_lineage_a_picture(shown, monkeypatch):
    with mlflow.start_run(run_name="<forest>") as run:
        mlflow.log_param("depth", "<b>3</b>")
        mlflow.log_metric("acc", 0.9)
    run = mlflow.get_run(run.info.run_id)
    assert "&lt;forest&gt; · finished" in shown(run)["text/html"]
    assert "&lt;b&gt;3&lt;/b&gt;" in shown(run)["text/html"]
    assert shown(run)["text/plain"].startswith("<Run: data=")

    client = mlflow.MlflowClient()
    client.create_registered_model("wine")
    version = client.create_model_version("wine", "somewhere/model", run.info.run_id)
    client.set_registered_model_alias("wine", "champion", version.version)
    assert "wine version 1 · None" in shown(client.get_model_version("wine", "1"))["text/html"]
    assert "@champion" in shown(client.get_model_version("wine", "1"))["text/html"]
    assert "version 1" in shown(client.get_registered_model("wine"))["text/html"]
    lineage = shown(mlflow.registry.lineage("wine", 1))["text/html"]
    assert '<img alt="Lineage of wine' in lineage
    assert "<td" in lineage
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    assert "text/html" not in shown(run)


def test_the_extension_comes_without_what_only_some_notebooks_need(python):
    """Also where they are not installed, as in the fresh environment of a run that is made again."""
    said = python("""
        import sys
        from IPython.core.interactiveshell import InteractiveShell
        InteractiveShell.instance().run_line_magic("load_ext", "jupyter_mlops")
        print([name for name in ("duckdb", "numpy", "pandas", "scipy", "sklearn", "starlette") if name in sys.modules])
    """)
    assert said.split("\n")[0] == "[]"
