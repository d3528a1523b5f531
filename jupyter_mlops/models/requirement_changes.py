"""Requirements of a model that is kept already, with packages added or removed."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.entities.requirements import requirement_name
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.requirements import without_passwords
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.types.yaml_texts import read_yaml

__all__ = ["changed_requirements"]

_FILE, _CONDA_FILE = "requirements.txt", "conda.yaml"


def changed_requirements(folder: ModelFolder, operation: str, requirements: Sequence[str]) -> dict[str, str]:
    """Text by name of the files that say what a model needs, after ``add`` or ``remove``.

    Raises
    ------
    InvalidParameter
        What is no requirement, or is to be removed and not there.
    """
    import yaml  # only when a model is changed

    names = {requirement_name(requirement): without_passwords(requirement.strip()) for requirement in requirements}
    if wrong := [text for name, text in names.items() if not name or "\n" in text]:
        raise InvalidParameter(f"{wrong[0]!r} is no requirement such as 'pandas>=2'.")
    lines = folder.read(_FILE).decode().splitlines() if folder.has(_FILE) else []
    if operation == "remove" and (missing := sorted(set(names) - {requirement_name(line) for line in lines})):
        raise InvalidParameter(f"The model does not need {', '.join(missing)}: it has {', '.join(filter(None, map(requirement_name, lines)))}.")
    added = list(names.values()) if operation == "add" else []
    changed = {_FILE: "\n".join(_changed(lines, names, added))}
    if folder.has(_CONDA_FILE):
        conda = read_yaml(folder.read(_CONDA_FILE), _CONDA_FILE)
        entries = conda.get("dependencies") or []
        pip = next((entry.get("pip") or [] for entry in entries if isinstance(entry, dict)), [])
        others = [entry for entry in entries if not isinstance(entry, dict)]
        conda["dependencies"] = [*others, {"pip": _changed(list(map(str, pip)), names, added)}]
        changed[_CONDA_FILE] = yaml.safe_dump(conda, default_flow_style=False)
    return changed


def _changed(lines: list[str], names: dict[str, str], added: list[str]) -> list[str]:
    kept = [line for line in lines if requirement_name(line) not in names or not requirement_name(line)]
    options = [line for line in kept if line.startswith("-")]  # such as constraints, which stand last
    return [*(line for line in kept if not line.startswith("-")), *added, *options]
