"""Lines of the server's log: text, or JSON, one object a line. No query, body, header or artifact's name stands in them."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import msgspec

__all__ = ["JSONLines", "configure_logs", "note_request"]

_requests = logging.getLogger("jupyter_mlops.server.requests")
_SLOW_MS = 5000.0


class JSONLines(logging.Formatter):
    """A record as one line of JSON: ``time, level, logger, message`` and what the record has in ``fields``.

    Examples
    --------
    >>> record = logging.LogRecord("a", logging.INFO, "", 0, "said %s", ("so",), None)
    >>> record.created, record.fields = 0.0, {"ms": 1.5}
    >>> print(JSONLines().format(record))
    {"time":"1970-01-01T00:00:00.000Z","level":"info","logger":"a","message":"said so","ms":1.5}
    """

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{moment}.{int(record.created % 1 * 1000):03}Z", "level": record.levelname.lower(), "logger": record.name,
            "message": record.getMessage(), **getattr(record, "fields", {}),
        }  # fmt: skip
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def configure_logs(form: str | None, level: str) -> None:
    """Send what the server and the package say to the error output; with a form requests as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("jupyter_mlops", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level.upper())
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    _requests.setLevel(level.upper() if form else logging.WARNING)


def note_request(*, method: str, endpoint: str, status: int, ms: float, user: str, size: int, request_id: str, is_slow: bool) -> None:
    """One request was answered; one that took more than five seconds until its answer began is a warning."""
    is_slow = is_slow and ms > _SLOW_MS
    level = logging.WARNING if is_slow else logging.INFO
    if _requests.isEnabledFor(level):
        fields = {"method": method, "endpoint": endpoint, "status": status, "ms": round(ms, 2), "user": user, "bytes": size, "id": request_id}
        words = "%s %s %d in %.1f ms, %d bytes, user %r, id %s"
        message = "slow: " + words if is_slow else words
        _requests.log(level, message, method, endpoint, status, ms, size, user, request_id, extra={"fields": fields})
