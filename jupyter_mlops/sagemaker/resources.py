"""What a deployment is made of on AWS: an archive in S3, a model, a configuration. Each is made once, and unmade when a later step fails."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from jupyter_mlops.entities.undoings import undoing
from jupyter_mlops.entities.variables import SAGEMAKER_DEPLOY_IMG_URL
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.sagemaker.archives import Archive
from jupyter_mlops.sagemaker.sessions import Session
from jupyter_mlops.version import __version__

__all__ = ["DEFAULT_IMAGE_NAME", "ModelPlan", "check_app_name", "found", "make_model", "name_of", "remove_model", "tag_list"]

DEFAULT_IMAGE_NAME = "mlflow-pyfunc"
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)


def check_app_name(name: str, what: str = "app_name") -> str:
    """The name, if SageMaker can have it.

    Raises
    ------
    InvalidParameter
        It cannot.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidParameter(f"{what} is 1 to 63 letters and digits, with hyphens between them, not {name!r}.")
    return name


def name_of(app_name: str, kind: str, *content: Any) -> str:
    """The name of a thing of an application: the same for the same content.

    Examples
    --------
    >>> name_of("wine", "model", "abc", {"a": 1})
    'wine-model-c7b38e9e309b'
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:12]
    return f"{app_name[: 62 - len(kind) - len(digest)]}-{kind}-{digest}".replace("--", "-")


def tag_list(app_name: str, tags: dict[str, str] | None = None) -> list[dict[str, str]]:
    """Tags as AWS has them, with the application's name."""
    return [{"Key": str(key), "Value": str(value)} for key, value in {"app_name": app_name, **(tags or {})}.items()]


def found(ask: Callable[..., dict[str, Any]], **named: str) -> dict[str, Any] | None:
    """What AWS knows of a thing, None when it is not there."""
    from botocore.exceptions import ClientError

    try:
        return ask(**named)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket", "NoSuchKey", "RepositoryNotFoundException"):
            return None
        if error.response["Error"]["Code"] == "ValidationException" and "not find" in str(error):
            return None
        raise


class ModelPlan:
    """A model that SageMaker is to have, named by all that it is made of.

    Parameters
    ----------
    session : Session
    app_name : str
        The name begins with it.
    archive : Archive
    execution_role_arn, bucket, image_url : str, optional
        The role that acts now, the account's own bucket of that region, and its own image, by default.
    vpc_config : dict, optional
    env : dict of str to str, optional
        Variables of the container, more than the flavor's.
    also : object
        What makes it another one, such as what was deployed before.
    name : str, optional
        In place of the one that is made.
    """

    def __init__(
        self, session: Session, app_name: str, archive: Archive, execution_role_arn: str | None, bucket: str | None,
        image_url: str | None, vpc_config: dict[str, Any] | None, env: dict[str, str] | None = None, also: Any = None, name: str | None = None,
    ) -> None:  # fmt: skip
        self.app_name, self.archive = app_name, archive
        self.role = execution_role_arn or session.role()
        self.bucket = bucket or f"mlflow-sagemaker-{session.region}-{session.account}"
        self.is_own_bucket = not bucket
        self.image = image_url or SAGEMAKER_DEPLOY_IMG_URL.get() or f"{session.registry()}/{DEFAULT_IMAGE_NAME}:{__version__}"
        self.env = {"MLFLOW_DEPLOYMENT_FLAVOR_NAME": archive.flavor, "SERVING_ENVIRONMENT": "SageMaker", **(env or {})}
        self.vpc = vpc_config or {}
        self.name = name or name_of(app_name, "model", archive.digest, self.role, self.bucket, self.image, self.env, self.vpc, also)


def make_model(session: Session, plan: ModelPlan, undo: contextlib.ExitStack, tags: dict[str, str] | None = None) -> None:
    """Send the archive and make the model, unless they are there."""
    key = f"{plan.name}/model.tar.gz"
    if plan.is_own_bucket and found(session.s3.head_bucket, Bucket=plan.bucket) is None:
        place = {} if session.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": session.region}}
        session.s3.create_bucket(Bucket=plan.bucket, **place)
    owner = {"ExpectedBucketOwner": session.account} if plan.is_own_bucket else {}  # nobody else's of that name
    if found(session.s3.head_object, Bucket=plan.bucket, Key=key, **owner) is None:
        session.s3.upload_file(plan.archive.path, plan.bucket, key, ExtraArgs=owner)
        undo.callback(undoing, f"s3://{plan.bucket}/{key}", session.s3.delete_object, Bucket=plan.bucket, Key=key)
    if found(session.sagemaker.describe_model, ModelName=plan.name) is None:
        session.sagemaker.create_model(
            ModelName=plan.name, ExecutionRoleArn=plan.role, Tags=tag_list(plan.app_name, tags),
            PrimaryContainer={"Image": plan.image, "ModelDataUrl": f"s3://{plan.bucket}/{key}", "Environment": plan.env},
            **({"VpcConfig": plan.vpc} if plan.vpc else {}),
        )  # fmt: skip
        undo.callback(undoing, f"Model {plan.name}", session.sagemaker.delete_model, ModelName=plan.name)


def remove_model(session: Session, name: str) -> None:
    """Remove a model, and its archive where this package put it."""
    known = found(session.sagemaker.describe_model, ModelName=name)
    if known is None:
        return
    session.sagemaker.delete_model(ModelName=name)
    bucket, _, key = known["PrimaryContainer"].get("ModelDataUrl", "").removeprefix("s3://").partition("/")
    if key == f"{name}/model.tar.gz":
        session.s3.delete_object(Bucket=bucket, Key=key)
