"""``browse_models``: registered models and their versions, to look through, compare and move."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from traitlets import Enum, List, TraitError, Unicode, validate

from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.registry_pages import VersionPage
from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.registry.authors import author
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.views.actions import ACTIONS, act
from jupyter_mlops.views.registry.frames import models_frame, versions_frame, versions_of
from jupyter_mlops.views.registry.models import models
from jupyter_mlops.views.registry.snapshots import SNAPSHOT_ROWS, registry_snapshot
from jupyter_mlops.views.registry.tables import registry_html, registry_text
from jupyter_mlops.views.registry.versions import model_versions
from jupyter_mlops.views.requests import answer
from jupyter_mlops.widgets.linked import LinkedView

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BrowseModels", "browse_models", "check_model"]

_MOST_CHOSEN = 1000


class BrowseModels(LinkedView):
    """The registry; what is done on the page is in these attributes, and what is set here shows on the page.

    Attributes
    ----------
    name : str or None
        The model whose versions are shown; None shows all models.
    search : str
        Text that models, or versions of the opened one, must contain.
    selection : list of str
        Chosen versions, such as ``"churn/3"``.
    order_by : {"name", "updated"}
        Order of the models.
    tab : {"versions", "compare", "history", "lineage", "monitoring"}
        What is shown of the opened model.

    Notes
    -----
    Use it from any thread. A registry of 1,000 models with 100 versions each opens in well under half a second.
    """

    name = Unicode(None, allow_none=True)
    search = Unicode()
    selection = List(Unicode())
    order_by = Enum(("name", "updated"), "name")
    tab = Enum(("versions", "compare", "history", "lineage", "monitoring"), "versions")
    shared = ("name", "search", "selection", "order_by", "tab")
    value_is = "selection"

    def __init__(self, store: Store, name: str | None = None, search: str = "") -> None:
        self._store = store
        super().__init__(name=name, search=search)

    @validate("name")
    def _known_model(self, proposal: Any) -> str | None:
        name: str | None = proposal["value"]
        if name is not None:
            try:
                check_model(self._store, name)
            except MlflowException as error:
                raise TraitError(error.message) from None
        return name

    @validate("selection")
    def _known_versions(self, proposal: Any) -> list[str]:
        chosen = list(dict.fromkeys(proposal["value"]))
        if len(chosen) > _MOST_CHOSEN:
            raise TraitError(f"At most {_MOST_CHOSEN} versions can be chosen, not {len(chosen)}.")
        try:
            found = {_text(version) for version in self._named(chosen).versions}
        except MlflowException as error:
            raise TraitError(error.message) from None
        if unknown := [text for text in chosen if text not in found]:
            raise TraitError(
                f"No such version: {', '.join(unknown[:5])}. A version is written as name and number: 'churn/3'."
            )
        return chosen

    def _named(self, chosen: list[str]) -> VersionPage:
        parts = [text.rpartition("/") for text in chosen]
        return self._store.versions_named([(name, version) for name, _, version in parts])

    def versions(self) -> list[ModelVersion]:
        """The chosen versions, read anew; those that are no longer there are left out."""
        return self._named(self.selection).versions

    def to_frame(self) -> pd.DataFrame:
        """What is chosen, else what is listed, as a DataFrame, read anew.

        Returns
        -------
        DataFrame
            One row a version, with the metrics of its run as ``metrics.<key>``: the chosen ones, or those of the opened
            model that match the search. When none is chosen and no model is open, one row a model.
        """
        if self.name is None and not self.selection:
            return models_frame(self._store, self.search, self.order_by)
        chosen = self.versions() if self.selection else versions_of(self._store, str(self.name), self.search)
        return versions_frame(self._store, chosen)

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        if method in ACTIONS:
            return act(self._store, method, parameters, author())
        return answer(self._store, method, parameters)

    def _listed(self) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """What the page shows: models, and the versions of the one that is opened."""
        if self.name is None:
            return models(self._store, self.search, self.order_by, SNAPSHOT_ROWS), None
        listed = models(self._store, "", self.order_by, SNAPSHOT_ROWS)
        return listed, model_versions(self._store, self.name, self.search, SNAPSHOT_ROWS)

    def forms(self) -> tuple[dict[str, Any], str, str]:
        listed, opened = self._listed()
        view = self.as_view("models", self._store, registry_snapshot(listed, opened))
        return view, registry_html(listed, opened), registry_text(listed, opened)

    def __repr__(self) -> str:
        return f"<registered model {self.name!r}>" if self.name else "<registered models>"


def _text(version: ModelVersion) -> str:
    return f"{version.name}/{version.version}"


def browse_models(name: str | None = None) -> BrowseModels:
    """Look through the registry in the notebook: models, their versions, stages and aliases, what differs, history.

    Parameters
    ----------
    name : str, optional
        Open this model; all models are listed without one.

    Returns
    -------
    BrowseModels
        Shown as the last value of a cell; ``.selection`` is what is chosen on the page, ``.versions()`` these versions.

    Raises
    ------
    NotFound
        There is no such model; the message has names that are like it.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> _ = mlflow.MlflowClient().create_registered_model("browsed")
    >>> mlflow.browse_models("browsed")
    <registered model 'browsed'>
    """
    store = open_store(get_registry_uri())
    if name is not None:
        check_model(store, name)
    return BrowseModels(store, name)


def check_model(store: Store, name: str) -> None:
    """`NotFound`, with names that are like it, when there is no such model."""
    try:
        store.get_gates(name)  # the least that there is to ask of a model
    except NotFound as error:
        names = [model.name for model in store.search_registered_models(None, 1000, None, None)]
        near = difflib.get_close_matches(str(name), names, cutoff=0.5)
        hint = f" Names like it: {', '.join(map(repr, near))}." if near else " browse_models() lists all models."
        raise NotFound(error.message + hint) from None
