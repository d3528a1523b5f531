"""The text of a Dockerfile for a model that answers by HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from jupyter_mlops.errors import InvalidParameter

__all__ = ["MODEL_PLACE", "PORT", "REQUIREMENTS", "dockerfile_text"]

MODEL_PLACE = "/opt/ml/model"
PORT = 8080
REQUIREMENTS = "requirements"
"""Folder in the context with what pip is given."""
_USER = 10001  # a number, by which Kubernetes sees that it is not root
_IMAGE = re.compile(r"[A-Za-z0-9][\w.:/@-]*", re.ASCII)
_UNSAFE = re.compile(r"[^\w .:/@+-]", re.ASCII)  # in a quoted value of a Dockerfile
_HEALTH = (
    f"import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', {PORT}, timeout=4); "
    "c.request('GET', '/ping'); sys.exit(c.getresponse().status != 200)"
)


def dockerfile_text(
    base_image: str, command: list[str], labels: Mapping[str, str], *, has_model: bool, has_builds: bool = False, needs_java: bool = False
) -> str:
    """A Dockerfile whose requirements are a layer before this package, and that before the model.

    Parameters
    ----------
    base_image : str
        Has ``python3`` with pip, and ``useradd``.
    command : list of str
        What serves, without a shell, so that signals reach it.
    labels : mapping of str to str
        Other letters than those of names and URIs become ``_``.
    has_model : bool
        Whether the context has one, in ``model_dir``.
    has_builds : bool, default False
        Whether something is installed before the requirements: what builds them.
    needs_java : bool, default False

    Raises
    ------
    InvalidParameter
        `base_image` is no name of an image.

    Examples
    --------
    >>> print(dockerfile_text("python:3.11-slim", ["serve"], {}, has_model=False).splitlines()[0])
    FROM python:3.11-slim
    """
    if not _IMAGE.fullmatch(base_image):
        raise InvalidParameter(f"base_image is the name of an image such as python:3.11-slim, not {base_image!r}.")
    pip = "python3 -m pip install --no-cache-dir --disable-pip-version-check"
    lines = [
        f"FROM {base_image}",
        f"RUN useradd --uid {_USER} --create-home --home-dir /home/mlflow mlflow",
        *(["RUN apt-get update && apt-get install -y --no-install-recommends default-jre-headless && rm -rf /var/lib/apt/lists/*"] if needs_java else []),
        "WORKDIR /opt/mlflow",
        f"COPY {REQUIREMENTS}/ {REQUIREMENTS}/",
        f"RUN cd {REQUIREMENTS} && {f'{pip} -r build.txt && ' if has_builds else ''}{pip} -r requirements.txt",
        "ENV PYTHONPATH=/opt/mlflow PYTHONUNBUFFERED=1 HOME=/home/mlflow MLFLOW_MODELS_WORKERS=1",
        "COPY jupyter_mlops/ jupyter_mlops/",
        *([f"COPY model_dir/ {MODEL_PLACE}/"] if has_model else []),
        *(f'LABEL {name}="{_UNSAFE.sub("_", value)}"' for name, value in labels.items()),
        f"USER {_USER}",
        f"EXPOSE {PORT}",
        f"HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD {json.dumps(['python3', '-c', _HEALTH])}",
        f"ENTRYPOINT {json.dumps(command)}",
    ]
    return "\n".join(lines) + "\n"
