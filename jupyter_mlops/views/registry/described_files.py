"""What the files MLmodel and MLproject say, for a page that shows one of them: they are read, and nothing that they name."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.models import Model
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.types.yaml_texts import read_yaml
from jupyter_mlops.views.formats.texts import sendable
from jupyter_mlops.views.registry.folders import signature_of

__all__ = ["MLPROJECT_FILE", "describe_file"]

MLPROJECT_FILE = "MLproject"
_MOST_TEXT = 500


def describe_file(name: str, text: str) -> dict[str, Any]:
    """What the file says.

    Parameters
    ----------
    name : str
        ``MLmodel`` or ``MLproject``, in whichever case.
    text : str
        What stands in the file, as a stranger may have written it.

    Returns
    -------
    dict
        ``kind`` and ``sections``: lists of ``title`` and ``rows`` of ``key`` and ``value``, all texts. An MLmodel also has ``signature``, as
        `views.registry.folders` has it, and ``example``, the name of the file of its input example or None. The section of an entry point
        has ``parameters``: ``name`` and ``default``, a number, a text or None.

    Raises
    ------
    InvalidParameter
        It is no file of these kinds, or cannot be read.

    Examples
    --------
    >>> said = describe_file("MLproject", "name: wine\\nentry_points: {main: {command: python train.py}}")
    >>> said["sections"][1]
    {'title': 'main', 'rows': [{'key': 'command', 'value': 'python train.py'}], 'parameters': []}
    """
    if name.lower() == MLMODEL_FILE.lower():
        return _model(text)
    if name.lower() == MLPROJECT_FILE.lower():
        return _project(text)
    raise InvalidParameter(f"{name!r} is no {MLMODEL_FILE} and no {MLPROJECT_FILE}: these two have a page.")


def _model(text: str) -> dict[str, Any]:
    form = read_yaml(text, MLMODEL_FILE)
    model = Model.from_dict(form)
    flavors = form.get("flavors") if isinstance(form.get("flavors"), dict) else {}
    about = {key: value for key, value in form.items() if key not in ("flavors", "signature", "saved_input_example_info")}
    example = model.saved_input_example_info or {}
    return {
        "kind": MLMODEL_FILE,
        "sections": [_section("Model", about), *(_section(str(name), facts) for name, facts in (flavors or {}).items())],
        "signature": signature_of(model),
        "example": str(example["artifact_path"]) if example.get("artifact_path") else None,
    }


def _project(text: str) -> dict[str, Any]:
    form = read_yaml(text, MLPROJECT_FILE)
    points = form.get("entry_points") if isinstance(form.get("entry_points"), dict) else {}
    about = {key: value for key, value in form.items() if key != "entry_points"}
    sections = [_section("Project", about)]
    for name, point in (points or {}).items():
        facts = point if isinstance(point, dict) else {"command": point}
        given = facts.get("parameters")
        parameters = given if isinstance(given, dict) else {}
        rest = {key: value for key, value in facts.items() if key != "parameters"}
        section = _section(str(name), {**rest, **{f"parameter {key}": value for key, value in parameters.items()}})
        sections.append(section | {"parameters": [{"name": _told(key), "default": _default(value)} for key, value in parameters.items()]})
    return {"kind": MLPROJECT_FILE, "sections": sections, "signature": None, "example": None}


def _section(title: str, facts: Any) -> dict[str, Any]:
    rows = facts.items() if isinstance(facts, dict) else [("", facts)]
    return {"title": _told(title), "rows": [{"key": _told(key), "value": _told(value)} for key, value in rows if value is not None]}


def _default(parameter: Any) -> Any:
    value = parameter.get("default") if isinstance(parameter, dict) else None
    return value if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)) else _told(value)


def _told(value: Any) -> str:
    text = sendable(value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode())
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
