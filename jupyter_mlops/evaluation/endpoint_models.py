"""A deployment that predicts: ``endpoints:/<name>``."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.deployments.targets import get_deploy_client
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.called_models import CalledModel
from jupyter_mlops.evaluation.pieces import in_pieces

__all__ = ["endpoint_model", "is_endpoint"]

_SCHEME = "endpoints:/"


def is_endpoint(model: Any) -> bool:
    """Whether a model is given by the name of a deployment.

    Examples
    --------
    >>> is_endpoint("endpoints:/wine"), is_endpoint("models:/wine/1")
    (True, False)
    """
    return isinstance(model, str) and model.startswith("endpoints:")


def endpoint_model(uri: str, params: dict[str, Any] | None = None) -> CalledModel:
    """A deployment of the target that is set, see `set_deployments_target`, asked for some rows at a time.

    Parameters
    ----------
    uri : str
        ``endpoints:/<name of the deployment>``
    params : dict, optional
        That go with every request.

    Raises
    ------
    InvalidParameter
        Not of that form.
    NotFound
        There is no such target.
    """
    name = uri.removeprefix(_SCHEME).strip("/")
    if not uri.startswith(_SCHEME) or not name:
        raise InvalidParameter(f"{uri!r} names no deployment: say endpoints:/<name>, a name that the target's list_deployments() has.")
    client = get_deploy_client()
    return CalledModel(
        lambda data: in_pieces(lambda rows: client.predict(deployment_name=name, inputs=rows if params is None else (rows, params)), data),
        is_elsewhere=True,
    )
