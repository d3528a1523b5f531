"""A network between a client and a server that can be cut, lose answers, or answer by itself."""

import contextlib
import http.client
import http.server
import threading

PASS, CUT, LOSE = "pass", "cut", "lose"  # or a number: the status that is answered without asking the server


class Network:
    """A proxy at a port of its own.

    Attributes
    ----------
    now : str, int or callable
        What happens to a request; a callable is asked with its method and path.
    seen : list of (method, path)
        Requests that reached the server.
    """

    def __init__(self, target):
        self.now, self.seen, self.target = PASS, [], target
        network = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                with contextlib.suppress(ConnectionError):
                    super().handle_one_request()

            def _pass_on(self):
                length = self.headers.get("Content-Length")
                body = self.rfile.read(int(length)) if length else _chunks(self.rfile) if self.headers.get("Transfer-Encoding") else None
                what = network.now(self.command, self.path) if callable(network.now) else network.now
                if what == CUT:
                    self.close_connection = True
                    return
                if isinstance(what, int):
                    return self._answer(what, [], b'{"error_code": "TEMPORARILY_UNAVAILABLE", "message": "busy"}')
                try:
                    status, headers, content = network._asked(self.command, self.path, dict(self.headers), body)
                except OSError:
                    self.close_connection = True
                    return
                if what == LOSE:
                    self.close_connection = True
                    return
                self._answer(status, headers, content)

            def _answer(self, status, headers, content):
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _asked(self, method, path, headers, body):
        self.seen.append((method, path))
        headers = {name: value for name, value in headers.items() if name.lower() not in ("host", "transfer-encoding", "content-length")}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.target, timeout=60)) as connection:
            connection.request(method, path, body, {**headers, "Host": f"127.0.0.1:{self.target}"})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def _chunks(file):
    parts = []
    while size := int(file.readline().strip(), 16):
        parts.append(file.read(size))
        file.readline()
    file.readline()
    return b"".join(parts)


@contextlib.contextmanager
def network_to(port):
    """A network to the server at a port of this machine."""
    network = Network(port)
    try:
        yield network
    finally:
        network.close()
