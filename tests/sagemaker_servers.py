"""AWS on a loopback port: moto, with what it lacks of SageMaker."""

import contextlib
import io
import json

import pytest

from tests.s3_servers import serve_wsgi

ACCOUNT, REGION = "123456789012", "eu-west-1"


class Sagemaker:
    """moto's server, which also updates endpoints and stops jobs.

    Attributes
    ----------
    calls : list of str
        The operations of SageMaker that were asked for.
    outcomes : list of str
        Of endpoints that are made or updated, one by one: ``InService`` when it is empty.
    """

    def __init__(self, monkeypatch):
        pytest.importorskip("moto.server", reason="pip install 'moto[server]'")
        from moto.sagemaker.models import sagemaker_backends
        from moto.server import DomainDispatcherApplication, create_backend_app
        self._backends = sagemaker_backends
        self.calls, self.outcomes = [], []
        self._app = DomainDispatcherApplication(create_backend_app)
        self.url, self.close = serve_wsgi(self._answer)
        for name, value in {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)

    @property
    def backend(self):
        """What moto keeps of SageMaker."""
        return self._backends[ACCOUNT][REGION]

    def client(self, service):
        """boto3's client, as another road to the same things."""
        import boto3

        return boto3.client(service, region_name=REGION)

    def kinds(self):
        """Names of all endpoints, configurations, models and archives."""
        sagemaker, s3 = self.client("sagemaker"), self.client("s3")
        keys = [one["Key"] for bucket in s3.list_buckets()["Buckets"] for one in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])]
        return {
            "endpoints": [one["EndpointName"] for one in sagemaker.list_endpoints()["Endpoints"]],
            "configs": [one["EndpointConfigName"] for one in sagemaker.list_endpoint_configs()["EndpointConfigs"]],
            "models": [one["ModelName"] for one in sagemaker.list_models()["Models"]],
            "keys": keys,
        }  # fmt: skip

    def _answer(self, environ, start_response):
        operation = environ.get("HTTP_X_AMZ_TARGET", "").removeprefix("SageMaker.")
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith("SageMaker."):
            self.calls.append(operation)
        if operation in ("UpdateEndpoint", "StopTransformJob"):
            told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            getattr(self, f"_{operation}")(told)
            start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
            return [b"{}"]
        found = list(self._app(environ, start_response))
        if operation == "CreateEndpoint" and self.outcomes:
            name = next(reversed(self.backend.endpoints))
            self._end(self.backend.endpoints[name])
        return found

    def _UpdateEndpoint(self, told):
        endpoint = self.backend.endpoints[told["EndpointName"]]
        if self.outcomes:
            self._end(endpoint, "InService")  # it goes on as before
        else:
            endpoint.endpoint_config_name = told["EndpointConfigName"]

    def _StopTransformJob(self, told):
        self.backend.transform_jobs[told["TransformJobName"]].transform_job_status = "Stopped"

    def _end(self, endpoint, status=None):
        outcome = self.outcomes.pop(0)
        endpoint.endpoint_status, endpoint.failure_reason = status or outcome, "no such image"


@pytest.fixture
def aws(monkeypatch):
    """AWS, which forgets all before a test."""
    server = Sagemaker(monkeypatch)
    import httpx

    httpx.post(f"{server.url}/moto-api/reset", trust_env=False)
    yield server
    server.close()


def entries(body):
    """Names and contents of an archive."""
    import tarfile

    with contextlib.closing(tarfile.open(fileobj=io.BytesIO(body))) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar.getmembers()}
