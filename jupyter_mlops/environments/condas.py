"""Environments made by conda or micromamba."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jupyter_mlops.entities.variables import CONDA_HOME
from jupyter_mlops.environments.installers import Installer
from jupyter_mlops.environments.own_package import SERVING, is_ours, link_ours, needed_by_ours
from jupyter_mlops.environments.specifications import Specification
from jupyter_mlops.errors import EnvironmentFailed

__all__ = ["Conda", "find_conda"]


class Conda:
    """The first of micromamba, mamba and conda that is installed."""

    def version(self, specification: Specification) -> str:
        """Nothing but the content decides."""
        return ""

    def build(self, folder: Path, specification: Specification, installer: Installer) -> None:
        """Make it in a folder that is not there."""
        program = _program()
        file = folder.parent / f"{folder.name}.yaml"
        file.touch(0o600)  # passwords of channels may be in it
        file.write_text(_conda_text(specification), encoding="utf-8")
        words = ["create", "--yes", "--file"] if Path(program).stem == "micromamba" else ["env", "create", "--yes", "--file"]
        try:
            installer.call([program, *words, str(file), "--prefix", str(folder)], specification.folder or None)
        finally:
            file.unlink(missing_ok=True)

    def refresh(self, folder: Path, specification: Specification) -> None:
        """Bring up to date what is not part of the content."""
        if any(map(is_ours, specification.dependencies)):
            link_ours(folder)


def find_conda() -> str | None:
    """The program: that of ``MLFLOW_CONDA_HOME``, else the first on the PATH."""
    home = CONDA_HOME.get()
    return os.path.join(home, "bin", "conda") if home else next(filter(None, map(shutil.which, ("micromamba", "mamba", "conda"))), None)


def _program() -> str:
    if found := find_conda():
        return found
    raise EnvironmentFailed(
        "environment (conda)",
        "None of micromamba, mamba and conda is on the PATH: install one of them, or say env_manager='virtualenv', which "
        "takes the version of Python and the pip section of a conda file.",
    )


def _conda_text(specification: Specification) -> str:
    """The conda file as it was given, or one of the other entries; this package is not asked of an index."""
    import yaml

    lines = [line for line in specification.dependencies if not is_ours(line)]
    is_with_ours = len(lines) < len(specification.dependencies)
    if specification.conda and not is_with_ours:
        return specification.conda
    pip = [*specification.build_dependencies, *lines, *(needed_by_ours(lines, to_serve=SERVING in specification.dependencies) if is_with_ours else ())]
    content = yaml.safe_load(specification.conda) or {}  # of comments alone
    python = f"python={specification.python}" if specification.python else "python"
    others = [entry for entry in content.get("dependencies") or [python, "pip"] if not isinstance(entry, dict)]
    return str(yaml.safe_dump({**content, "dependencies": [*others, {"pip": pip}]}))
