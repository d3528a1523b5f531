"""A real server in a thread of this process, and a client that sends paths and headers as they are."""

import base64
import contextlib
import http.client
import json
import threading
from urllib.parse import urlencode

from jupyter_mlops.server.asgi import make_app
from jupyter_mlops.server.connections import Server, server_config
from jupyter_mlops.server.settings import Settings


class Answer:
    def __init__(self, response):
        self.status_code, self.headers, self.content = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.content.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.content)


class Client:
    def __init__(self, port, token):
        self.port, self.headers = port, {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method, path, *, params=None, json_body=None, content=None, headers=None, auth=None):
        sent = {"Host": f"localhost:{self.port}", **self.headers}
        if json_body is not None:
            content, sent["Content-Type"] = json.dumps(json_body).encode(), "application/json"
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        sent |= headers or {}
        if params:
            path += "?" + urlencode(params, doseq=True, errors="surrogatepass")
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if content is not None:
                connection.putheader("Content-Length", str(len(content)))
            connection.endheaders(content)
            return Answer(connection.getresponse())

    def get(self, path, **given):
        return self.request("GET", path, **given)

    def post(self, path, **given):
        return self.request("POST", path, **given)


@contextlib.contextmanager
def served(store, *, token="the-token", authority=None, **settings):
    """A client of a server of `store`, which it stops afterwards."""
    app = make_app(store, Settings(token=token, **settings), authority)
    server = Server(server_config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"), app.state.changes.close)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    try:
        yield Client(server.servers[0].sockets[0].getsockname()[1], token)
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
