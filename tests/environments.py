"""Environments with what is too heavy, or too much at odds with us, for the one that runs the tests.

Each is made once, by pip from the package index that is configured, and kept in the user's cache folder. A new one is an
entry of `_ENVIRONMENTS`; what begins with `On` has all of another one too, which lies on the disk only once.
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


class On(str):
    """Name of the environment that another one is laid on."""

    __slots__ = ()


_MLFLOW_2 = ("mlflow==2.22.0", "scikit-learn", "psutil", "sqlalchemy<2.1")  # its own requirements leave that open
_MLFLOW_3 = ("mlflow==3.17.2", "scikit-learn", "psutil")
_BOOSTING = ("lightgbm==4.7.0", "xgboost-cpu==3.2.0")
_CPU_TORCH = "torch==2.13.0"  # other versions bring gigabytes of CUDA
_ENVIRONMENTS = {
    "jupyterlab-4.4.0": ("jupyterlab==4.4.0",),
    "mlflow-3.17.2": _MLFLOW_3,
    "mlflow-2.22.0": _MLFLOW_2,
    "integrations": (
        *OURS, _CPU_TORCH, "accelerate==1.15.0", "lightning==2.6.6", "pytorch-ignite==0.5.5", "pytorch-lightning==2.6.6",
        "skorch==1.4.0", "transformers==5.24.0",
    ),
    "frameworks": (On("integrations"), "keras==3.15.1", "pytest", "tensorboard==2.21.0", "tensorflow-cpu==2.21.0"),
    "frameworks-mlflow-3.17.2": (On("frameworks"), *_MLFLOW_3),
    "frameworks-mlflow-2.22.0": (On("frameworks"), *_MLFLOW_2),
    "users-mlflow-3.17.2": (On("mlflow-3.17.2"), "flask-wtf==1.2.2"),  # MLflow's client of users imports its server
    "users-mlflow-2.22.0": (On("mlflow-2.22.0"), "flask-wtf==1.2.2"),
    "boosting-mlflow-3.17.2": (On("mlflow-3.17.2"), *_BOOSTING),
    "boosting-mlflow-2.22.0": (On("mlflow-2.22.0"), *_BOOSTING),
    "onnx-mlflow-2.22.0": (
        On("mlflow-2.22.0"), *OURS, "onnx==1.23.2", "onnxruntime==1.32.0", "pytest", "skl2onnx==1.20.0",
    ),
}  # fmt: skip
_PLACES = "import sys; print(*(p for p in sys.path if p.endswith('site-packages')), sep='\\n')"
_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "jupyter_mlops-tests"


def environment(name):
    """Python of that environment, which is made when it is not there yet; `PYTHONPATH=ROOT` gives it our package."""
    if isinstance(below := _ENVIRONMENTS[name][0], On):
        environment(below)
    return _made(name, _wanted(name), _make) / "bin" / "python"


def _wanted(name):
    """All that an environment has, below it too: when that changes, it is made anew."""
    below, *more = _ENVIRONMENTS[name]
    return (*_wanted(below), below, *more) if isinstance(below, On) else (below, *more)


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


def _make(folder, _):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    below, *more = _ENVIRONMENTS[folder.name]
    if isinstance(below, On):
        places = subprocess.run([environment(below), "-c", _PLACES], check=True, capture_output=True, text=True).stdout
        next(folder.glob("lib/*/site-packages")).joinpath("below.pth").write_text(places)
    else:
        more = [below, *more]
    _install(folder / "bin" / "python", *more)


def _put(folder, wanted):
    _install(sys.executable, "--no-deps", "--target", folder, *wanted)


def _install(python, *what):
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], check=True)
