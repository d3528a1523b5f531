"""Images and models that are taken to AWS for later use."""

from __future__ import annotations

import base64
import contextlib
import subprocess
from typing import Any

from jupyter_mlops.environments.engines import find_engine
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, MlflowException
from jupyter_mlops.sagemaker.archives import model_archive
from jupyter_mlops.sagemaker.resources import DEFAULT_IMAGE_NAME, ModelPlan, check_app_name, found, make_model
from jupyter_mlops.sagemaker.sessions import Session, aws_errors
from jupyter_mlops.version import __version__

__all__ = ["push_image_to_ecr", "push_model_to_sagemaker"]


@aws_errors()
def push_image_to_ecr(image: str = DEFAULT_IMAGE_NAME, *, region_name: str | None = None) -> str:
    """Take an image to the account's own registry, where `deploy` finds it.

    Parameters
    ----------
    image : str, default ``"mlflow-pyfunc"``
        An image of docker or podman on this machine, without tag.
    region_name : str, optional
        The one of your configuration of AWS by default, else ``us-west-2``.

    Returns
    -------
    str
        Its URL there, tagged with the version of this package.

    Raises
    ------
    ExecutionException
        No engine of containers is here.
    PackageMissing, InvalidState, MlflowException
        As in `deploy`; or the engine refuses.

    References
    ----------
    ``mlflow.sagemaker.push_image_to_ecr``.
    """
    if not image or image.startswith("-") or ":" in image:
        raise InvalidParameter(f"image is the name of an image without a tag, not {image!r}.")
    session, engine = Session(region_name), find_engine("push_image_to_ecr")
    ecr, url = session.client("ecr"), f"{session.registry()}/{image}:{__version__}"
    if found(ecr.describe_repositories, repositoryNames=[image]) is None:  # type: ignore[arg-type]
        ecr.create_repository(repositoryName=image)
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    _call([engine, "login", "--username", user, "--password-stdin", session.registry()], password)
    _call([engine, "tag", image, url])
    _call([engine, "push", url])
    return url


@aws_errors()
def push_model_to_sagemaker(
    model_name: str, model_uri: str, execution_role_arn: str | None = None, assume_role_arn: str | None = None, bucket: str | None = None,
    image_url: str | None = None, region_name: str = "us-west-2", vpc_config: dict[str, Any] | None = None, flavor: str | None = None,
) -> None:  # fmt: skip
    """Make a model of SageMaker, which nothing uses yet.

    Parameters
    ----------
    model_name : str
        Its name there.
    model_uri, execution_role_arn, assume_role_arn, bucket, image_url, region_name, vpc_config, flavor
        As in `deploy`.

    Raises
    ------
    AlreadyExists
        There is a model of that name.
    PackageMissing, InvalidState, InvalidParameter, NotFound, MlflowException
        As in `deploy`.

    References
    ----------
    ``mlflow.sagemaker.push_model_to_sagemaker``.
    """
    check_app_name(model_name, "model_name")
    session = Session(region_name, assume_role_arn)
    if found(session.sagemaker.describe_model, ModelName=model_name):
        raise AlreadyExists(f"There is a model {model_name!r} in {region_name}: choose another name.")
    with model_archive(model_uri, flavor) as packed, contextlib.ExitStack() as undo:
        plan = ModelPlan(session, model_name, packed, execution_role_arn, bucket, image_url, vpc_config, name=model_name)
        make_model(session, plan, undo)
        undo.pop_all()


def _call(command: list[str], told: str = "") -> None:
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MlflowException(f"`{' '.join(command[:2])}` failed: {done.stderr.strip()[-1000:]}")
