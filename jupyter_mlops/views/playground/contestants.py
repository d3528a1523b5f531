"""The models of a playground: known by what ``MLmodel`` says, loaded once, and only when somebody vouches for their code."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlops.entities.uris import is_local
from jupyter_mlops.errors import InvalidParameter, MlflowException, UntrustedModel
from jupyter_mlops.models.models import Model
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel
from jupyter_mlops.registry.uris import find_version, model_place, resolve_model_uri, version_label
from jupyter_mlops.views.playground.results import words_of

__all__ = ["Contestant"]

_MOST_EXAMPLE = 50_000_000  # bytes: it is read before anybody vouches for the model


class Contestant:
    """One model of a playground.

    Parameters
    ----------
    uri : str or path
        An alias or stage is resolved now: what is shown stays the same version.
    role : {"champion", "challenger"}

    Attributes
    ----------
    state : {"new", "ready", "untrusted", "broken"}
    message : str
        Why it is not ready.

    Raises
    ------
    NotFound
        There is no such model.
    """

    def __init__(self, uri: str | os.PathLike[str], role: str) -> None:
        given = os.fspath(uri) if isinstance(uri, os.PathLike) else uri
        if not isinstance(given, str) or not given.strip():
            raise InvalidParameter(f"A playground needs the URI of a model, not {uri!r}.")
        self.role, self.uri, self.label = role, given, given.rstrip("/").rpartition("/")[2] or given
        if given.startswith("models:"):
            version, path = find_version(given)
            self.uri = "/".join(filter(None, [f"models:/{version.name}/{version.version}", path]))
            self.label = version_label(version, given)
        self.folder = resolve_model_uri(self.uri)
        # what lies elsewhere is fetched once; a version that lies here is loaded by its name, for its lineage
        self._source = self.uri if is_local(model_place(self.uri).uri) else self.folder
        self.meta: Model = Model.load(self.folder)
        if FLAVOR_NAME not in self.meta.flavors:
            raise InvalidParameter(f"The model {given!r} has no flavor {FLAVOR_NAME!r}: nothing says how it predicts.")
        self.state, self.message = "new", ""
        self.model: PyFuncModel | None = None

    def example(self) -> Any:
        """The input example, None when there is none.

        Raises
        ------
        Exception
            It cannot be read.
        """
        info = self.meta.saved_input_example_info
        if info and (size := os.path.getsize(os.path.join(self.folder, info["artifact_path"]))) > _MOST_EXAMPLE:
            raise InvalidParameter(f"it has {size // 1_000_000} MB, and at most {_MOST_EXAMPLE // 1_000_000} are read.")
        return self.meta.load_input_example(self.folder)

    def load(self, trust: bool = False) -> None:
        """Load the model unless it is; what prevents that is in `state` and `message`."""
        if self.model is not None:
            return
        try:
            self.model = load_model(self._source, suppress_warnings=True, trust=trust)
            self.state, self.message = "ready", ""
        except UntrustedModel as error:
            self.state = "untrusted"
            self.message = error.message.replace("load_model(..., trust=True)", "playground(..., trust=True)")
        except MlflowException as error:
            self.state, self.message = "broken", error.message
        except (Exception, SystemExit) as error:  # code that comes with a model
            self.state, self.message = (
                "broken",
                words_of(error).replace("The model raised", "Loading the model raised", 1),
            )

    def told(self) -> dict[str, Any]:
        """What a page may know of it."""
        flavors = [name for name in self.meta.flavors if name != FLAVOR_NAME]
        options = self.meta.flavors[FLAVOR_NAME]
        return {
            "label": self.label,
            "uri": self.uri,
            "role": self.role,
            "flavor": flavors[0] if flavors else str(options.get("loader_module", FLAVOR_NAME)),
            "state": self.state,
            "message": self.message,
        }
