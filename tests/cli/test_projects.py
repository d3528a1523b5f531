"""``jupyter mlops projects new`` makes what ``jupyter mlops run`` runs."""

import nbformat

import jupyter_mlops as mlflow


def test_a_notebook_becomes_a_project_that_runs(mlops):
    cells = [nbformat.v4.new_code_cell(source) for source in ("depth = 2", "import jupyter_mlops as m\nm.start_run()\nm.log_metric('depth', depth)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), "my tree.ipynb")
    said = mlops("projects", "new", "my tree.ipynb").stdout
    assert said.endswith("Run it: jupyter mlops run 'my tree' -P depth=2\n")
    assert "overwrite" in mlops("projects", "new", "my tree.ipynb", code=1).stderr
    mlops("run", "my tree", "-P", "depth=7", "--env-manager", "local")
    (run,) = mlflow.search_runs(output_format="list")
    assert (run.data.metrics, run.data.params) == ({"depth": 7.0}, {"depth": "7"})
