"""Lineage: what a version comes from, where it is used, and what came of it."""

from __future__ import annotations

from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.uris import without_credentials
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.authors import author
from jupyter_mlops.registry.uris import find_version, uri_text
from jupyter_mlops.storage.opened import get_registry_uri, open_store

__all__ = ["lineage", "record_evaluation", "record_use"]


def lineage(name: str, version: str | int) -> Lineage:
    """What a version comes from and what came of it: data set → run → version → where it was loaded, evaluated, served.

    Returns
    -------
    Lineage
        ``.upstream()``, ``.downstream()``, ``.to_frame()``; `jupyter_mlops.charts.lineage_figure` draws it.

    Raises
    ------
    NotFound
        There is no such model or version.

    Notes
    -----
    At most 500 nodes; ``.is_whole`` says whether that was all. A server stays in it when it has ended. A run that loads ``models:/name/…`` while it is active
    is downstream of that version.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run(run_name="training") as run:
    ...     mlflow.log_text("weights", "model/weights")
    >>> version = mlflow.register_model(f"runs:/{run.info.run_id}/model", "grown")
    >>> [node.name for node in lineage("grown", 1).upstream()]
    ['training']
    """
    return open_store(get_registry_uri()).get_lineage(name, str(version))


def record_use(model_uri: str, kind: str, place: str | None = None, run_id: str | None = None) -> None:
    """Note where a version is used.

    Parameters
    ----------
    model_uri : str
        ``models:/…`` of a registered version.
    kind : str
        ``loaded``, ``evaluated`` or ``served``.
    place : str, optional
        Such as the address of a server; passwords in it are left out.
    run_id : str, optional
        The run that used it. One of `place` and `run_id` must be given.
    """
    _record(model_uri, kind, place, run_id, None)


def record_evaluation(model_uri: str, passed: bool, run_id: str | None = None, place: str | None = None) -> None:
    """Note that a version was evaluated, and whether it passed: what the rule ``evaluation passed`` asks for."""
    if type(passed).__name__ not in ("bool", "bool_"):  # NumPy's too; bool("False") would open a gate
        raise InvalidParameter(f"passed is True or False, not {passed!r:.100}.")
    _record(model_uri, "evaluated", place, run_id, bool(passed))


def _record(model_uri: str, kind: str, place: str | None, run_id: str | None, passed: bool | None) -> None:
    if not place and not run_id and passed is None:
        raise InvalidParameter("Say where the version is used: place=… or run_id=….")
    store = open_store(get_registry_uri())
    version, _ = find_version(uri_text(model_uri), store)
    shown = without_credentials(place) if isinstance(place, str) else place
    store.record_model_use(version.name, version.version, kind, shown, run_id, passed, author())
