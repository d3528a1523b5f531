"""Models that predict for files in S3, by transform jobs of SageMaker."""

from __future__ import annotations

import contextlib
from typing import Any

from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.sagemaker.archives import model_archive
from jupyter_mlops.sagemaker.resources import ModelPlan, check_app_name, found, make_model, remove_model, tag_list
from jupyter_mlops.sagemaker.sessions import Session, aws_errors
from jupyter_mlops.sagemaker.waits import check_waits, wait_for

__all__ = ["deploy_transform_job", "terminate_transform_job"]


@aws_errors()
def deploy_transform_job(
    job_name: str, model_uri: str, s3_input_data_type: str, s3_input_uri: str, content_type: str, s3_output_path: str,
    compression_type: str = "None", split_type: str = "Line", accept: str = "text/csv", assemble_with: str = "Line",
    input_filter: str = "$", output_filter: str = "$", join_resource: str = "None", execution_role_arn: str | None = None,
    assume_role_arn: str | None = None, bucket: str | None = None, image_url: str | None = None, region_name: str = "us-west-2",
    instance_type: str = "ml.m4.xlarge", instance_count: int = 1, vpc_config: dict[str, Any] | None = None, flavor: str | None = None,
    archive: bool = False, synchronous: bool = True, timeout_seconds: float = 1200,
) -> None:  # fmt: skip
    """Let a model predict for the files of S3 at SageMaker.

    Parameters
    ----------
    job_name : str
    model_uri : str
    s3_input_data_type : {"S3Prefix", "ManifestFile"}
    s3_input_uri : str
        Prefix of the files' keys, or the manifest.
    content_type : str
        Of the files, such as ``text/csv``.
    s3_output_path : str
        Where predictions go.
    compression_type, split_type, accept, assemble_with, input_filter, output_filter, join_resource : str
        As SageMaker's API has them.
    archive : bool, default False
        Keep the model when the job is done.
    synchronous : bool, default True
        Wait until it is done; without, `archive` must be True.
    execution_role_arn, assume_role_arn, bucket, image_url, region_name, instance_type, instance_count, vpc_config, flavor, timeout_seconds
        As in `deploy`.

    Raises
    ------
    PackageMissing, InvalidState, InvalidParameter, NotFound, MlflowException
        As in `deploy`.

    References
    ----------
    ``mlflow.sagemaker.deploy_transform_job``.

    Examples
    --------
    ::

        deploy_transform_job("wines", "models:/wine/3", "S3Prefix", "s3://lab/wines/", "text/csv", "s3://lab/scores/")
    """
    check_waits(archive, synchronous)
    check_app_name(job_name, "job_name")
    session = Session(region_name, assume_role_arn)
    with model_archive(model_uri, flavor) as packed, contextlib.ExitStack() as undo:
        plan = ModelPlan(session, job_name, packed, execution_role_arn, bucket, image_url, vpc_config)
        make_model(session, plan, undo)
        session.sagemaker.create_transform_job(
            TransformJobName=job_name, ModelName=plan.name, Tags=tag_list(job_name),
            TransformInput={
                "DataSource": {"S3DataSource": {"S3DataType": s3_input_data_type, "S3Uri": s3_input_uri}},
                "ContentType": content_type, "CompressionType": compression_type, "SplitType": split_type,
            },
            TransformOutput={"S3OutputPath": s3_output_path, "Accept": accept, "AssembleWith": assemble_with},
            TransformResources={"InstanceType": instance_type, "InstanceCount": int(instance_count)},
            DataProcessing={"InputFilter": input_filter, "OutputFilter": output_filter, "JoinSource": join_resource},
        )  # fmt: skip
        undo.pop_all()  # AWS has begun
    if synchronous:
        _finish(session, job_name, plan.name, archive, timeout_seconds, ("Completed",))


@aws_errors()
def terminate_transform_job(
    job_name: str, region_name: str = "us-west-2", assume_role_arn: str | None = None, archive: bool = False,
    synchronous: bool = True, timeout_seconds: float = 300,
) -> None:  # fmt: skip
    """Stop a transform job, and remove its model unless it is to be kept.

    Parameters
    ----------
    job_name, region_name, assume_role_arn, archive, synchronous, timeout_seconds
        As in `deploy_transform_job`.

    Raises
    ------
    NotFound
        There is no such job.
    PackageMissing, InvalidState, InvalidParameter, MlflowException
        As in `deploy`.

    References
    ----------
    ``mlflow.sagemaker.terminate_transform_job``.
    """
    check_waits(archive, synchronous)
    session = Session(region_name, assume_role_arn)
    known = found(session.sagemaker.describe_transform_job, TransformJobName=job_name)
    if known is None:
        raise NotFound(f"There is no transform job {job_name!r} in {region_name}.")
    if known["TransformJobStatus"] == "InProgress":
        session.sagemaker.stop_transform_job(TransformJobName=job_name)
    if synchronous:
        _finish(session, job_name, known["ModelName"], archive, timeout_seconds, ("Stopped", "Completed", "Failed"))


def _finish(session: Session, job_name: str, model_name: str, archive: bool, timeout: float, wanted: tuple[str, ...]) -> None:
    def look() -> str:
        return str(session.sagemaker.describe_transform_job(TransformJobName=job_name)["TransformJobStatus"])

    status = wait_for(f"SageMaker transform job {job_name}", look, ("InProgress", "Stopping"), timeout)
    if not archive:
        remove_model(session, model_name)
    if status not in wanted:
        reason = session.sagemaker.describe_transform_job(TransformJobName=job_name).get("FailureReason") or "it says no reason"
        raise MlflowException(f"Transform job {job_name!r} is {status}: {reason}.")
