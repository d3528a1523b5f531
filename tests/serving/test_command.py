"""``jupyter mlops models serve``, asked by curl."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.programs import require_curl
from tests.server_processes import free_port


@contextlib.contextmanager
def command(*options, **variables):
    """The command as a process that says where it answers, and its address."""
    arguments = [sys.executable, "-m", "jupyter_mlops", "models", "serve", *map(str, options)]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env={**os.environ, **variables}) as process:
        try:
            yield process, next(found[1] for line in process.stderr if (found := re.search(r"(http://\S+)/invocations", line)))
        finally:
            process.send_signal(signal.SIGINT)
            process.stderr.read()


def curl(url, body, *options):
    require_curl()
    done = subprocess.run(["curl", "-s", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", "-X", "POST", "-H", "Content-Type: application/json", *options, "--data", body, f"{url}/invocations"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


ROWS = '{"dataframe_split": {"columns": ["a", "b"], "data": [[0.1, 1], [0.9, 40]]}}'


def test_a_model_answers_until_it_is_interrupted(model):
    port = free_port()
    with command("-m", model, "-p", port) as (process, url):
        assert url == f"http://127.0.0.1:{port}"
        assert curl(f"http://localhost:{port}", ROWS) == {"predictions": [False, True]}
    assert process.returncode == 0


def test_a_server_that_wants_a_token(model):
    with command("-m", model, "-p", 0, "--token-env", "OF_MINE", OF_MINE="secret-1") as (_, url):
        assert curl(url, ROWS)["error_code"] == "UNAUTHENTICATED"
        for path in ("openapi.json", "model", "metrics"):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(f"{url}/{path}")
        assert curl(url, ROWS, "-H", "Authorization: Bearer secret-2")["error_code"] == "UNAUTHENTICATED"
        assert curl(url, ROWS, "-H", "Authorization: Bearer secret-1") == {"predictions": [False, True]}


@pytest.mark.parametrize(("options", "code", "told"), [(["-m", "runs:/0/nothing"], 1, "Error: "), ([], 2, "--model-uri"), (["-m", "x", "--token-env", "NOT_SET_AT_ALL"], 2, "is not set")])
def test_what_cannot_be_served(options, code, told):
    done = subprocess.run([sys.executable, "-m", "jupyter_mlops", "models", "serve", *options], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
