"""AWS as a caller reaches it: credentials, region, account and role, and its refusals as errors of ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from jupyter_mlops.errors import (
    InvalidParameter,
    InvalidState,
    NotPermitted,
    PackageMissing,
    ServerError,
    ServerUnreachable,
)

__all__ = ["Session", "aws_errors"]

_REFUSED = ("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken", "ExpiredTokenException", "SignatureDoesNotMatch")


@contextlib.contextmanager
def aws_errors() -> Iterator[None]:
    """Refusals and failures of AWS inside of ``with``, or of a decorated function, are raised as errors of ours.

    Raises
    ------
    NotPermitted, ServerError
        AWS refuses; what it says.
    ServerUnreachable
        It does not answer.
    InvalidParameter
        Its API has no such argument.
    """
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith(("botocore", "boto3")):
            raise
        if type(error).__name__ == "ParamValidationError":
            raise InvalidParameter(f"AWS has no such argument: {error}") from error
        answer = getattr(error, "response", None)
        if not answer:
            raise ServerUnreachable(f"AWS cannot be asked: {error}") from error
        status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        kind = NotPermitted if answer.get("Error", {}).get("Code") in _REFUSED else ServerError
        raise kind(f"AWS refuses: {error}", status=status) from error


class Session:
    """Clients of AWS's services in a region.

    Parameters
    ----------
    region : str, optional
        The one of the caller's configuration of AWS by default, else ``us-west-2``.
    assume_role_arn : str, optional
        A role to take on first, of another account for one.

    Raises
    ------
    PackageMissing
        boto3 is not installed.
    InvalidState
        There are no credentials.

    Attributes
    ----------
    region, account : str
    """

    def __init__(self, region: str | None, assume_role_arn: str | None = None) -> None:
        try:
            import boto3  # only for those who deploy
        except ImportError as error:
            raise PackageMissing("SageMaker is reached by boto3: pip install 'jupyter-mlops[sagemaker]'.") from error
        self.region: str = region or boto3.Session().region_name or "us-west-2"
        self._session = boto3.Session(region_name=self.region)
        if self._session.get_credentials() is None:
            raise InvalidState(
                "There are no AWS credentials: run `aws configure`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        if assume_role_arn:
            given = self._session.client("sts").assume_role(RoleArn=assume_role_arn, RoleSessionName="jupyter-mlops")["Credentials"]
            self._session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=self.region)
        caller = self._session.client("sts").get_caller_identity()  # credentials that AWS does not know end here
        self.account, self._arn = str(caller["Account"]), str(caller["Arn"])
        self.s3, self.sagemaker = self.client("s3"), self.client("sagemaker")

    def client(self, service: str) -> Any:
        """boto3's client of a service."""
        return self._session.client(service)

    def role(self) -> str:
        """The ARN of the role that acts now.

        Raises
        ------
        InvalidParameter
            It is a user that acts.
        """
        if ":assumed-role/" not in self._arn:
            raise InvalidParameter(f"Give execution_role_arn=, a role that SageMaker may take on: {self._arn} is none.")
        return str(self.client("iam").get_role(RoleName=self._arn.split("/")[1])["Role"]["Arn"])

    def registry(self) -> str:
        """The host of the account's images in that region."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com{'.cn' if self.region.startswith('cn-') else ''}"
