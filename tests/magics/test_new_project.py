"""``%new_project`` makes a project of the notebook in front."""

import nbformat
import pytest

from jupyter_mlops.projects.definitions import read_project
from tests.magics.test_mlops import execute

pytestmark = pytest.mark.filterwarnings("default")


def test_it_is_made_of_the_notebook_that_the_server_tells(tmp_path):
    cells = [nbformat.v4.new_code_cell(source) for source in ("alpha = 0.5\npassword = 'x'", "import numpy, nowhere_at_all")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "wine.ipynb")
    front = f"import os; os.environ['JPY_SESSION_NAME'] = {str(tmp_path / 'wine.ipynb')!r}"
    unknown, _, made, again, named = execute(
        tmp_path, "%new_project", front, "%new_project", "%new_project", "%new_project other --name 'My wine' --notebook wine.ipynb"
    )
    assert "UsageError: Which notebook this is called in, nobody tells here" in unknown
    assert "Project wine in wine: MLproject, python_env.yaml, wine.ipynb" in made
    assert "alpha: float = 0.5" in made and "nowhere_at_all: no package here has it" in made and "password" not in made
    assert "Run it: jupyter mlops run wine -P alpha=0.5" in made
    assert "UsageError: In " in again and "there is already wine.ipynb, python_env.yaml, MLproject." in again
    assert "Project My wine in other" in named
    assert [parameter.name for parameter in read_project(str(tmp_path / "other")).entry_points["main"].parameters] == ["alpha"]
