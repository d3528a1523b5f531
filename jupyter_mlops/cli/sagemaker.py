"""``jupyter mlops sagemaker …``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops import sagemaker
from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import COUNT, SPAN, Function, combined
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.sagemaker.endpoints import DEPLOYMENT_MODES
from jupyter_mlops.sagemaker.resources import DEFAULT_IMAGE_NAME
from jupyter_mlops.serving.images import build_docker

__all__ = ["command"]

def _mapping(_context: click.Context, parameter: click.Parameter, path: str | None) -> dict[str, Any] | None:
    """A file of JSON, as a click callback."""
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        try:
            found = json.load(file)
        except ValueError as error:
            raise click.BadParameter(f"{path} is no JSON: {error}.", param=parameter) from error
    if not isinstance(found, dict):
        raise click.BadParameter(f"{path} has no mapping.", param=parameter)
    return found


_file = click.Path(exists=True, dir_okay=False)
_app = click.option("-a", "--app-name", required=True, metavar="NAME", help="The endpoint.")
_job = click.option("-n", "--job-name", required=True, metavar="NAME", help="The transform job.")
_uri = click.option("-m", "--model-uri", required=True, metavar="URI", help="The model.")
_flavor = click.option("-f", "--flavor", metavar="NAME", help="Flavor of the model: python_function.")
_place = combined(
    click.option("-r", "--region-name", default="us-west-2", show_default=True, help="The region of AWS."),
    click.option("--assume-role-arn", metavar="ARN", help="Role to take on first."),
)
_made_of = combined(
    click.option("-e", "--execution-role-arn", metavar="ARN", help="Role that SageMaker takes on; the one that acts now by default."),
    click.option("-b", "--bucket", metavar="NAME", help="Of S3, for the model's archive; one of the account by default."),
    click.option("-i", "--image-url", metavar="URL", help="Image that serves; the account's mlflow-pyfunc by default."),
    click.option("-v", "--vpc-config", type=_file, callback=_mapping, help="File of JSON, as SageMaker's API has it."),
)
_machines = combined(
    click.option("-t", "--instance-type", default="ml.m4.xlarge", show_default=True, help="Kind of machines."),
    click.option("-c", "--instance-count", type=COUNT, default=1, show_default=True, help="How many."),
)


def _waiting(seconds: int) -> Callable[[Function], Function]:
    return combined(
        click.option("--archive", is_flag=True, help="Keep what is not used any more; needed with --async."),
        click.option("--async", "asynchronous", is_flag=True, help="Do not wait until it is done."),
        click.option("--timeout", "timeout_seconds", type=SPAN, default=seconds, show_default=True, help="How many seconds to wait."),
    )


@click.group("sagemaker", cls=Group)
def command() -> None:
    """Deploy models to Amazon SageMaker. Needs the extra sagemaker, and credentials of AWS.

    \b
      jupyter mlops sagemaker build-and-push-container
      jupyter mlops sagemaker deploy -a wine -m models:/wine@champion
    """


@command.command("deploy")
@_app
@_uri
@_made_of
@_place
@click.option("--mode", type=click.Choice(DEPLOYMENT_MODES), default="create", show_default=True, help="Whether it replaces an endpoint's models, or comes beside them.")
@_machines
@_flavor
@_waiting(1200)
def deploy(app_name: str, model_uri: str, asynchronous: bool, **given: Any) -> None:
    """Let a model answer at an endpoint.

    \b
      jupyter mlops sagemaker deploy -a wine -m models:/wine@champion -e arn:aws:iam::123456789012:role/sagemaker
    """
    sagemaker.deploy(app_name, model_uri, synchronous=not asynchronous, **given)
    click.echo(f"Endpoint {app_name} {'is being made' if asynchronous else 'answers'}")


@command.command("delete")
@_app
@_place
@_waiting(300)
def delete(app_name: str, asynchronous: bool, **given: Any) -> None:
    """Remove an endpoint, with its models and archives.

    \b
      jupyter mlops sagemaker delete -a wine
    """
    sagemaker.delete(app_name, synchronous=not asynchronous, **given)
    click.echo(f"Endpoint {app_name} is {'being ' if asynchronous else ''}deleted")


@command.command("run-local")
@_uri
@click.option("-p", "--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Where it answers, on this machine.")
@click.option("-i", "--image", default=DEFAULT_IMAGE_NAME, show_default=True, help="Image that serves.")
@_flavor
def run_local(model_uri: str, port: int, image: str, flavor: str | None) -> None:
    """Serve a model in the container that SageMaker would run, until Ctrl-C.

    \b
      jupyter mlops sagemaker run-local -m models:/wine@champion -p 5001
    """
    sagemaker.run_local(model_uri=model_uri, port=port, image=image, flavor=flavor)


@command.command("build-and-push-container")
@click.option("--build/--no-build", default=True, help="Whether the image is built.")
@click.option("--push/--no-push", default=True, help="Whether it is taken to the account's registry.")
@click.option("-c", "--container", default=DEFAULT_IMAGE_NAME, show_default=True, help="Name of the image.")
@click.option("-r", "--region-name", metavar="NAME", help="The region of AWS; the one of your configuration by default.")
@click.option("--env-manager", type=click.Choice(["local", "virtualenv", "uv"]), help="What makes the model's environment when the container starts; virtualenv by default.")
@click.option("--install-java", is_flag=True, help="Install Java, too.")
def build_and_push_container(build: bool, push: bool, container: str, region_name: str | None, env_manager: str | None, install_java: bool) -> None:
    """Build the image that serves models, and take it to the account's registry.

    It runs whatever model SageMaker puts into it, also code that you did not sign: deploying a model is vouching for it.

    \b
      jupyter mlops sagemaker build-and-push-container
    """
    if not build and not push:
        raise click.UsageError("With --no-build and --no-push there is nothing to do.")
    if build:
        build_docker(name=container, env_manager=env_manager, install_java=install_java)
    if push:
        click.echo(f"{shown(sagemaker.push_image_to_ecr(container, region_name=region_name))} is there")


@command.command("push-model")
@click.option("-n", "--model-name", required=True, metavar="NAME", help="Its name at SageMaker.")
@_uri
@_made_of
@_place
@_flavor
def push_model(model_name: str, model_uri: str, **given: Any) -> None:
    """Make a model of SageMaker, which nothing uses yet.

    \b
      jupyter mlops sagemaker push-model -n wine -m models:/wine/3
    """
    sagemaker.push_model_to_sagemaker(model_name, model_uri, **given)
    click.echo(f"Model {model_name} is there")


@command.command("deploy-transform-job")
@_job
@_uri
@click.option("--input-data-type", "s3_input_data_type", required=True, type=click.Choice(["S3Prefix", "ManifestFile"]), help="What the input URI is.")
@click.option("-u", "--input-uri", "s3_input_uri", required=True, metavar="S3-URI", help="Prefix of the files' keys, or a manifest.")
@click.option("--content-type", required=True, help="Of the files, such as text/csv.")
@click.option("-o", "--output-path", "s3_output_path", required=True, metavar="S3-URI", help="Where predictions go.")
@click.option("--compression-type", default="None", show_default=True, help="Of the files.")
@click.option("-s", "--split-type", default="Line", show_default=True, help="How files are split into batches.")
@click.option("-a", "--accept", default="text/csv", show_default=True, help="Content type of predictions.")
@click.option("--assemble-with", default="Line", show_default=True, help="How predictions become a file.")
@click.option("--input-filter", default="$", show_default=True, help="JSONPath of what of a row the model gets.")
@click.option("--output-filter", default="$", show_default=True, help="JSONPath of what of a prediction is kept.")
@click.option("-j", "--join-resource", default="None", show_default=True, help="Input beside predictions: Input.")
@_made_of
@_place
@_machines
@_flavor
@_waiting(1200)
def deploy_transform_job(job_name: str, model_uri: str, asynchronous: bool, **given: Any) -> None:
    """Let a model predict for files of S3.

    \b
      jupyter mlops sagemaker deploy-transform-job -n wines -m models:/wine/3 --input-data-type S3Prefix \\
        -u s3://lab/wines/ --content-type text/csv -o s3://lab/scores/
    """
    sagemaker.deploy_transform_job(job_name, model_uri, synchronous=not asynchronous, **given)
    click.echo(f"Transform job {job_name} {'has begun' if asynchronous else 'is done'}")


@command.command("terminate-transform-job")
@_job
@_place
@_waiting(1200)
def terminate_transform_job(job_name: str, asynchronous: bool, **given: Any) -> None:
    """Stop a transform job, and remove its model.

    \b
      jupyter mlops sagemaker terminate-transform-job -n wines
    """
    sagemaker.terminate_transform_job(job_name, synchronous=not asynchronous, **given)
    click.echo(f"Transform job {job_name} is {'being ' if asynchronous else ''}stopped")
