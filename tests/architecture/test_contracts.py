"""What the folders promise each other."""

import ast
import importlib
import importlib.util
import pathlib
import pkgutil
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops
from jupyter_mlops import registry

ROOT = pathlib.Path(__file__).parent.parent.parent


def test_imports_keep_to_the_contracts():
    command = shutil.which("lint-imports", path=str(pathlib.Path(sys.executable).parent)) or shutil.which(
        "lint-imports"
    )
    if command is None:
        pytest.skip("import-linter is not installed")
    done = subprocess.run(
        [command, "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("door", [jupyter_mlops, registry], ids=lambda door: door.__name__)
def test_editors_see_the_public_names(door):
    """What is found lazily is written down for type checkers too, from the same place."""
    (branch,) = [one for one in ast.parse(pathlib.Path(door.__file__).read_text()).body if isinstance(one, ast.If)]
    seen = {
        name.asname: f"{line.module}.{name.name}" for line in branch.body if isinstance(line, ast.ImportFrom) for name in line.names
    }
    assert seen == {name: f"{door.__name__}.{home}.{name}" for name, home in door._HOMES.items()}


def test_public_names_resolve():
    assert sorted(jupyter_mlops.__all__) == sorted(set(jupyter_mlops.__all__))
    for name in jupyter_mlops.__all__:
        assert getattr(jupyter_mlops, name) is not None
    assert set(jupyter_mlops.__all__) <= set(dir(jupyter_mlops))


def test_no_public_name_is_a_submodules():
    """Else the import of the submodule would replace the function."""
    submodules = {module.name for module in pkgutil.iter_modules(jupyter_mlops.__path__)}
    assert not submodules & (set(jupyter_mlops.__all__) - {"__version__"})


_OPTIONAL = ("argon2", "distributed", "httptools", "keras", "lightning", "prometheus_client", "starlette", "tensorflow", "uvicorn")


def test_every_module_imports_and_exports_what_it_says():
    """What needs a framework that is not here is looked at where it is, see tests/frameworks."""
    for module in pkgutil.walk_packages(jupyter_mlops.__path__, "jupyter_mlops."):
        try:
            loaded = importlib.import_module(module.name)
            for name in getattr(loaded, "__all__", ()):
                assert hasattr(loaded, name), f"{module.name}.{name}"
        except ImportError as missing:
            frameworks = [name for name in _OPTIONAL if importlib.util.find_spec(name) is None]
            is_ours = (missing.name or "").startswith("jupyter_mlops")
            if is_ours or not any(name in str(missing) for name in frameworks):
                raise
