"""A change that older versions cannot read waits until somebody asks for it, and has a backup before it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreNewer
from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION
from jupyter_mlops.upkeep.migrations import migrate_store

NEXT = SCHEMA_VERSION + 1


@pytest.fixture
def newer(tmp_path):
    """Run a script with a copy of the package whose next migration changes what is there."""
    place = tmp_path / "newer"
    package = pathlib.Path(mlflow.__file__).parent
    shutil.copytree(package, place / "jupyter_mlops", ignore=shutil.ignore_patterns("__pycache__", "labextension"))
    folder = place / "jupyter_mlops" / "storage" / "duckdb"
    (folder / "schema" / f"{NEXT:04}_rename.sql").write_text(
        f"-- min_reader: {NEXT}\nALTER TABLE tombstones RENAME TO graves;\n"
    )
    migrations = folder / "migrations.py"
    migrations.write_text(re.sub(r"^SCHEMA_VERSION = \d+", f"SCHEMA_VERSION = {NEXT}", migrations.read_text(), flags=re.M))

    def run(script):
        environment = {**os.environ, "PYTHONPATH": str(place)}
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)

    assert str(place) in run("import jupyter_mlops; print(jupyter_mlops.__file__)").stdout
    return run


def test_it_is_asked_for(filled, newer, value):
    refused = newer("import jupyter_mlops as m; m.get_run('x')")
    assert "jupyter mlops store migrate" in refused.stderr
    assert f"schema {SCHEMA_VERSION}" in refused.stderr
    logged = newer("import jupyter_mlops as m\nwith m.start_run(run_name='newer'): m.log_metric('loss', 1)")
    assert logged.returncode == 0, logged.stderr
    assert value("SELECT count(*) FROM runs WHERE run_name = 'newer'") == 1  # the older version goes on
    asked = newer("from jupyter_mlops.cli.main import main; main(['store', 'migrate'])")
    assert asked.stdout.startswith(f"Schema {SCHEMA_VERSION} is now {NEXT}."), asked.stderr
    backup = asked.stdout.split()[-1]
    assert os.path.isfile(os.path.join(backup, "mlops.duckdb"))
    with pytest.raises(StoreNewer, match=f"schema {NEXT}"):
        mlflow.search_runs()
    assert "4" in newer("import jupyter_mlops as m; print(len(m.sql('select 1 from runs')))").stdout
    with pytest.raises(StoreNewer):
        migrate_store(filled)
    restored = newer(f"from jupyter_mlops.cli.main import main; main(['store', 'restore', {backup!r}, '-y'])")
    assert restored.returncode == 0, restored.stderr
    assert value("SELECT count(*) FROM runs") == 4
