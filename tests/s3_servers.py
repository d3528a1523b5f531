"""A real S3 API on a loopback port, which notes what it was asked for."""

import threading

import pytest

BUCKET = "lab"


def serve_wsgi(application):
    """Let an application answer at a loopback port: its URL, and what ends it."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):
        def log(self, *_):
            pass

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def close():
        server.shutdown()
        server.server_close()
        thread.join()

    return f"http://127.0.0.1:{server.server_port}", close


class S3Server:
    """moto's server behind real HTTP.

    Attributes
    ----------
    url : str
    requests : list of tuple of str, str and int
        Method, path and bytes of the body of every request.
    """

    def __init__(self):
        pytest.importorskip("s3fs", reason="pip install s3fs")
        pytest.importorskip("moto.server", reason="pip install 'moto[server]'")
        from moto.server import DomainDispatcherApplication, create_backend_app

        self._app = DomainDispatcherApplication(create_backend_app)
        self.url, self.close = serve_wsgi(self._answer)
        self.requests = []
        self.seen = threading.Condition()

    def _answer(self, environ, start_response):
        with self.seen:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            self.requests.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], size))
            self.seen.notify_all()
        return self._app(environ, start_response)

    def puts(self):
        """Keys, below the bucket, and bytes of the files that came, parts of large ones one by one."""
        return [(path.split("/", 2)[2], size) for method, path, size in self.requests if method == "PUT" and path.count("/") > 1]

    def client(self):
        """boto3's client, as another road to the same objects."""
        import boto3

        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture(scope="session")
def _s3_server():
    server = S3Server()
    client = server.client()
    client.create_bucket(Bucket=BUCKET)
    client.close()
    yield server
    server.close()


@pytest.fixture
def s3(_s3_server, monkeypatch):
    """The server, chosen by the variables that MLflow's users set; it has a bucket ``lab``."""
    for name, value in {
        "MLFLOW_S3_ENDPOINT_URL": _s3_server.url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    del _s3_server.requests[:]
    return _s3_server
