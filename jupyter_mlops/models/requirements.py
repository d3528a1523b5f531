"""What a model needs to run elsewhere: ``requirements.txt``, ``conda.yaml``, ``python_env.yaml``."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.context.environments import python_version

__all__ = ["pinned", "write_requirements"]


def pinned(*names: str) -> list[str]:
    """The installed ones of these distributions, with their versions."""
    found = []
    for name in names:
        try:
            found.append(f"{name}=={importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def write_requirements(
    folder: str,
    inferred: Sequence[str],
    conda_env: dict[str, Any] | str | None,
    pip_requirements: Sequence[str] | str | None,
    extra_pip_requirements: Sequence[str] | str | None,
) -> None:
    """Write the three files.

    Raises
    ------
    ValueError
        More than one of `conda_env`, `pip_requirements` and `extra_pip_requirements`.
    """
    import yaml

    if sum(given is not None for given in (conda_env, pip_requirements, extra_pip_requirements)) > 1:
        raise ValueError("Give only one of conda_env, pip_requirements and extra_pip_requirements.")
    lines = _lines(pip_requirements) if pip_requirements is not None else [*inferred, *_lines(extra_pip_requirements)]
    environment: Any = conda_env
    if isinstance(conda_env, (str, os.PathLike)):
        with open(conda_env, encoding="utf-8") as file:
            environment = yaml.safe_load(file)
    if environment is None:
        environment = {
            "name": "mlflow-env",
            "channels": ["conda-forge"],
            "dependencies": [f"python={python_version()}", "pip", {"pip": lines}],
        }
    else:
        parts = [
            part["pip"] for part in environment.get("dependencies", []) if isinstance(part, dict) and "pip" in part
        ]
        lines = [line for part in parts for line in part]
    python_env = {
        "python": python_version(),
        "build_dependencies": pinned("pip", "setuptools", "wheel"),
        "dependencies": ["-r requirements.txt"],
    }
    for name, text in (
        ("requirements.txt", "\n".join(lines)),
        ("conda.yaml", yaml.safe_dump(environment, sort_keys=False)),
        ("python_env.yaml", yaml.safe_dump(python_env, sort_keys=False)),
    ):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def _lines(requirements: Sequence[str] | str | None) -> list[str]:
    """Requirements, from a list or from a file of them."""
    if isinstance(requirements, str):
        with open(requirements, encoding="utf-8") as file:
            return [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return list(requirements or [])
