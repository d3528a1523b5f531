"""The files of an evaluation, gathered in a folder, so that they go to the run at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.uris import join_uri
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.artifacts import CLASS_OF_SUFFIX, EvaluationArtifact

__all__ = ["ArtifactFiles"]


class ArtifactFiles:
    """Files that are made, and what they hold.

    Parameters
    ----------
    folder : str
    root : str
        URI of what the folder is copied to.
    prefix : str
        Of the names of built-in files.

    Attributes
    ----------
    artifacts : dict of str to EvaluationArtifact
    """

    def __init__(self, folder: str, root: str, prefix: str) -> None:
        self.folder, self._root, self._prefix = folder, root, prefix
        self.artifacts: dict[str, EvaluationArtifact] = {}

    def keep(self, inside: str, content: Any) -> None:
        """A JSON file for the run alone, which is no artifact of the result."""
        path = os.path.join(self.folder, inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file, allow_nan=False, default=str)

    def add(
        self, name: str, suffix: str, write: Callable[[str], Any], *, own: bool = False, content: Any = None
    ) -> None:
        """Have a file made; `own` ones, such as the user's, get no prefix. What it holds is read from it, if it is not given."""
        inside = check_relative_path(f"{'' if own else self._prefix}{name}{suffix}", "name of an artifact")
        path = os.path.join(self.folder, inside)
        if not name or os.path.exists(path):
            raise InvalidParameter(f"There is no name, or a file of that name already, for the artifact {name!r}.")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path)
        artifact = CLASS_OF_SUFFIX[suffix](join_uri(self._root, inside), content)
        if content is None:
            artifact._load(path)
        self.artifacts[name] = artifact
