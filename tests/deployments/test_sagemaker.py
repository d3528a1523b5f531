"""Models on SageMaker, whose API moto answers; what is there is read back by boto3."""

import builtins
import json
import pathlib
import stat

import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops.deployments.sagemaker import SageMakerDeploymentClient
from jupyter_mlops.errors import (
    AlreadyExists,
    InvalidParameter,
    InvalidState,
    MlflowException,
    NotFound,
    PackageMissing,
    ServerError,
)
from tests.cli.conftest import here  # noqa: F401 - a fixture
from tests.sagemaker_servers import ACCOUNT, REGION, aws, entries  # noqa: F401 - a fixture

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
EMPTY = {"endpoints": [], "configs": [], "models": [], "keys": []}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Folders of two models."""
    places = [str(tmp_path_factory.mktemp("models") / name) for name in ("one", "two")]
    for slope, place in enumerate(places, 1):
        mlflow.sklearn.save_model(LinearRegression().fit([[0.0], [1.0]], [0.0, slope]), place, pip_requirements=[])
    return places


def deploy(model, **more):
    return mlflow.sagemaker.deploy("my-app", model, ROLE, region_name=REGION, **more)


def test_a_model_is_deployed_replaced_joined_and_deleted(aws, saved):  # noqa: F811
    assert deploy(saved[0], env={"A": "1"}, tags={"team": "lab"}, instance_count=2) == "my-app"
    sagemaker, s3 = aws.client("sagemaker"), aws.client("s3")
    endpoint = sagemaker.describe_endpoint(EndpointName="my-app")
    (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])["ProductionVariants"]
    assert (variant["InstanceType"], variant["InitialInstanceCount"], variant["InitialVariantWeight"]) == ("ml.m4.xlarge", 2, 1)
    model = sagemaker.describe_model(ModelName=variant["ModelName"])
    container = model["PrimaryContainer"]
    assert model["ExecutionRoleArn"] == ROLE
    assert container["Environment"] == {"MLFLOW_DEPLOYMENT_FLAVOR_NAME": "python_function", "SERVING_ENVIRONMENT": "SageMaker", "A": "1"}
    assert container["Image"] == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/mlflow-pyfunc:{mlflow.__version__}"
    bucket, key = container["ModelDataUrl"].removeprefix("s3://").split("/", 1)
    assert (bucket, key) == (f"mlflow-sagemaker-{REGION}-{ACCOUNT}", f"{variant['ModelName']}/model.tar.gz")
    packed = entries(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    files = {str(path.relative_to(saved[0])): path.read_bytes() for path in pathlib.Path(saved[0]).rglob("*") if path.is_file()}
    files.pop("jupyter_mlops.signature")
    assert packed == files
    tags = {one["Key"]: one["Value"] for one in sagemaker.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]}
    assert tags == {"app_name": "my-app", "team": "lab"}

    with pytest.raises(AlreadyExists, match="mode='replace'"):
        deploy(saved[1])
    deploy(saved[1], mode="replace")
    after = aws.kinds()
    assert {len(names) for names in after.values()} == {1}  # what was before is gone, its archive too
    assert variant["ModelName"] not in after["models"]
    deploy(saved[0], mode="add", archive=True, variant_name="beside")
    now = sagemaker.describe_endpoint(EndpointName="my-app")["EndpointConfigName"]
    both = sagemaker.describe_endpoint_config(EndpointConfigName=now)["ProductionVariants"]
    assert [(one["VariantName"], one["InitialVariantWeight"]) for one in both] == [(after["models"][0], 1), ("beside", 0)]
    assert len(aws.kinds()["configs"]) == 2  # archived

    mlflow.sagemaker.delete("my-app", REGION)
    assert aws.kinds() == {**EMPTY, "configs": after["configs"]}
    with pytest.raises(NotFound, match="no endpoint 'my-app'"):
        mlflow.sagemaker.delete("my-app", REGION)


def test_a_deployment_that_fails_removes_what_it_made(aws, saved):  # noqa: F811
    aws.outcomes.append("Failed")
    with pytest.raises(MlflowException, match=r"could not deploy 'my-app' \(Failed\): no such image"):
        deploy(saved[0])
    assert aws.kinds() == EMPTY
    deploy(saved[0])
    before = aws.kinds()
    aws.outcomes.append("Failed")
    with pytest.raises(MlflowException, match="could not deploy"):
        deploy(saved[1], mode="replace")
    assert aws.kinds() == before  # it answers as it did
    with pytest.raises(InvalidParameter, match="(?s)AWS has no such argument: .*ExecutionRoleArn"):
        mlflow.sagemaker.deploy("other", saved[0], "arn", region_name=REGION)
    with pytest.raises(ServerError, match="AWS refuses: .*ml.none"):
        mlflow.sagemaker.deploy("other", saved[0], ROLE, region_name=REGION, instance_type="ml.none")
    assert aws.kinds() == before


def test_what_takes_too_long_is_left_to_aws(aws, saved):  # noqa: F811
    aws.outcomes.append("Creating")
    with pytest.raises(MlflowException, match="my-app is Creating after 0 s") as caught:
        deploy(saved[0], timeout_seconds=0)
    assert caught.value.error_code == "DEADLINE_EXCEEDED"
    assert aws.kinds()["endpoints"] == ["my-app"]


def test_names_follow_from_what_is_deployed(aws, saved):  # noqa: F811
    deploy(saved[0])
    first = aws.kinds()
    mlflow.sagemaker.delete("my-app", REGION, archive=True)
    deploy(saved[0])  # finds what was kept
    assert aws.kinds() == first
    deploy(saved[0], mode="replace", synchronous=False, archive=True)
    assert len(aws.kinds()["models"]) == 2


def test_nothing_is_sent_without_package_credentials_or_a_model(aws, saved, monkeypatch, tmp_path):  # noqa: F811
    whole = builtins.__import__
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", lambda name, *rest: (_ for _ in ()).throw(ImportError(name)) if name == "boto3" else whole(name, *rest))
        with pytest.raises(PackageMissing, match=r"pip install 'jupyter-mlops\[sagemaker\]'"):
            deploy(saved[0])
    with monkeypatch.context() as patch:
        patch.delenv("AWS_ACCESS_KEY_ID")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
        patch.setenv("AWS_CONFIG_FILE", "none")
        with pytest.raises(InvalidState, match="no AWS credentials: run `aws configure`"):
            deploy(saved[0])
    link = tmp_path / "linked"
    link.mkdir()
    (link / "MLmodel").write_text("flavors:\n  python_function: {}\n")
    (link / "secret").symlink_to("/etc/hostname")
    with pytest.raises(InvalidParameter, match="a link that leads out"):
        deploy(str(link))
    (link / "secret").unlink()
    (link / "MLmodel").write_text("flavors:\n  sklearn: {}\n")
    with pytest.raises(NotFound, match="no flavor python_function: it has sklearn"):
        deploy(str(link))
    for wrong, said in ({"flavor": "sklearn"}, "cannot be deployed"), ({"mode": "swap"}, "mode is one of"), ({"synchronous": False}, "archive=True"):
        with pytest.raises(InvalidParameter, match=said):
            deploy(saved[0], **wrong)
    with pytest.raises(InvalidParameter, match="app_name is"):
        mlflow.sagemaker.deploy("my app", saved[0], ROLE)
    with pytest.raises(InvalidParameter, match="Give execution_role_arn="):
        mlflow.sagemaker.deploy("my-app", saved[0], region_name=REGION)
    assert aws.kinds() == EMPTY
    assert not [call for call in aws.calls if call.startswith("Create")]


def test_a_transform_job_is_done_and_stopped(aws, saved):  # noqa: F811
    arguments = ("S3Prefix", "s3://lab/in/", "text/csv", "s3://lab/out/")
    mlflow.sagemaker.deploy_transform_job("job", saved[0], *arguments, execution_role_arn=ROLE, region_name=REGION, archive=True)
    told = aws.client("sagemaker").describe_transform_job(TransformJobName="job")
    assert (told["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"], told["TransformOutput"]["S3OutputPath"]) == (arguments[1], arguments[3])
    assert aws.kinds()["models"] == [told["ModelName"]]
    aws.backend.transform_jobs["job"].transform_job_status = "InProgress"
    mlflow.sagemaker.terminate_transform_job("job", REGION)
    assert aws.client("sagemaker").describe_transform_job(TransformJobName="job")["TransformJobStatus"] == "Stopped"
    assert aws.kinds() == EMPTY


def test_the_target_and_the_command_line(aws, saved, here, frame):  # noqa: F811
    target = f"sagemaker:/{REGION}"
    here("deployments", "create", "-t", target, "--name", "my-app", "-m", saved[0], "-C", f"execution_role_arn={ROLE}", "-C", 'env={"A": "1"}', "-C", "instance_count=3")
    assert json.loads(here("deployments", "list", "-t", target, "--json").stdout)[0]["name"] == "my-app"
    client = SageMakerDeploymentClient(target)
    assert client.get_deployment("my-app")["EndpointStatus"] == "InService"
    import httpx

    answers = {"results": [{"Body": '{"predictions": [1.0, 2.0]}', "ContentType": "application/json"}], "region": REGION}
    httpx.post(f"{aws.url}/moto-api/static/sagemaker/endpoint-results", json=answers, trust_env=False)
    for named in ({"deployment_name": "my-app"}, {"endpoint": "my-app"}):
        assert client.predict(inputs=frame, **named).tolist() == [1.0, 2.0]
    client.update_deployment("my-app", saved[1], config={"execution_role_arn": ROLE})
    assert here("sagemaker", "delete", "-a", "my-app", "-r", REGION).stdout == "Endpoint my-app is deleted\n"
    client.delete_deployment("my-app")  # nothing
    assert aws.kinds() == EMPTY
    assert here("sagemaker", "push-model", "-n", "kept", "-m", saved[0], "-e", ROLE, "-r", REGION).stdout == "Model kept is there\n"
    assert aws.kinds()["models"] == ["kept"]
    assert here("sagemaker", "deploy", "-a", "my-app", "-m", saved[0], "-e", ROLE, "-r", REGION).stdout == "Endpoint my-app answers\n"
    pathlib.Path("vpc.json").write_text("[]")
    assert "has no mapping" in here("sagemaker", "push-model", "-n", "k", "-m", saved[0], "-v", "vpc.json", code=2).stderr
    with pytest.raises(InvalidParameter, match="unknown field `size`"):
        client.create_deployment("x", saved[0], config={"size": 1})


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """What a program docker is called with, but to see whether it is there."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f"""#!/bin/sh
[ "$1" = info ] || echo "$@" >> {tmp_path}/calls
[ "$1" = login ] && cat >> {tmp_path}/password
case "$*" in *code-125*) exit 125;; esac
exit 0
""")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return lambda: (tmp_path / "calls").read_text().splitlines()


def test_a_model_runs_here_in_its_container(saved, calls):
    mlflow.sagemaker.run_local(model_uri=saved[0], port=5001)
    mount = f"--mount type=bind,source={saved[0]},target=/opt/ml/model,readonly"
    assert calls() == [f"run --rm {mount} --publish 127.0.0.1:5001:8080 --env=MLFLOW_DEPLOYMENT_FLAVOR_NAME=python_function mlflow-pyfunc serve"]
    with pytest.raises(MlflowException, match="build-and-push-container --no-push` builds"):
        mlflow.sagemaker.run_local(model_uri=saved[0], image="code-125")
    with pytest.raises(InvalidParameter, match="is no image"):
        mlflow.sagemaker.run_local(model_uri=saved[0], image="--privileged")


def test_an_image_is_taken_to_the_accounts_registry(aws, calls, monkeypatch, tmp_path):  # noqa: F811
    (tmp_path / "config").write_text(f"[default]\nregion = {REGION}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    url = mlflow.sagemaker.push_image_to_ecr("served")
    host = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
    assert url == f"{host}/served:{mlflow.__version__}"
    assert calls() == [f"login --username AWS --password-stdin {host}", f"tag served {url}", f"push {url}"]
    assert (tmp_path / "password").read_text()  # by its input, not among arguments, which everybody sees
    assert [one["repositoryName"] for one in aws.client("ecr").describe_repositories()["repositories"]] == ["served"]
