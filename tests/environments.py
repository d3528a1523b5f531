"""Environments with what is too heavy, or too much at odds with us, for the one that runs the tests.

Each is made once, by pip from the package index that is configured, and kept in the user's cache folder. A new one is an
entry of `_ENVIRONMENTS`.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
OURS = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
_CPU_TORCH = "torch==2.13.0"  # other versions bring gigabytes of CUDA
_ENVIRONMENTS = {
    "mlflow-3.17.2": ("mlflow==3.17.2", "scikit-learn", "psutil"),
    "mlflow-2.22.0": ("mlflow==2.22.0", "scikit-learn", "psutil", "sqlalchemy<2.1"),  # its own requirements leave that open
    "integrations": (
        *OURS, _CPU_TORCH, "accelerate==1.15.0", "lightning==2.6.6", "pytorch-ignite==0.5.5", "pytorch-lightning==2.6.6",
        "skorch==1.4.0", "transformers==5.24.0",
    ),
}  # fmt: skip
_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "jupyter_mlops-tests"


def environment(name):
    """Python of that environment, which is made when it is not there yet; `PYTHONPATH=ROOT` gives it our package."""
    return _made(name, _ENVIRONMENTS[name], _make) / "bin" / "python"


def beside(name):
    """A folder with one package without what it needs, to be put on ``PYTHONPATH``."""
    return _made(f"beside-{name}", (name,), _put)


def _made(name, wanted, make):
    _CACHE.mkdir(parents=True, exist_ok=True)
    folder = _CACHE / name
    with open(_CACHE / f"{name}.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (made := folder / "made").exists() or made.read_text().splitlines() != list(wanted):
            shutil.rmtree(folder, ignore_errors=True)  # what an installation that was broken off left
            make(folder, wanted)
            made.write_text("\n".join(wanted))
    return folder


def _make(folder, wanted):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    _install(folder / "bin" / "python", *wanted)


def _put(folder, wanted):
    _install(sys.executable, "--no-deps", "--target", folder, *wanted)


def _install(python, *what):
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], check=True)
