"""``jupyter mlops server``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.options import COUNT
from jupyter_mlops.server.auth.levels import Level, read_level
from jupyter_mlops.server.serving import serve
from jupyter_mlops.server.settings import Settings, artifact_root
from jupyter_mlops.storage.opened import open_store_file

__all__ = ["command", "options", "start"]

_PREFIX = re.compile(r"(/[\w.~-]+)+", re.ASCII)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+", re.IGNORECASE)  # as browsers send it: scheme, host and port
_WITH_PORT = re.compile(r"[^:]+:\d+|\[.*\](:\d+)?")


def _names(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _hosts(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    found = _names(context, parameter, text)
    for one in found:
        if "/" in one or _WITH_PORT.fullmatch(one):
            raise click.BadParameter(f"{one!r} is no name: say names without scheme and port, such as ml.team.example.")
    return found


def _origins(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    found = tuple(one.rstrip("/") for one in _names(context, parameter, text))
    for one in found:
        if one != "*" and not _ORIGIN.fullmatch(one):
            raise click.BadParameter(f"{one!r} is no origin: say how the page's address begins, such as https://ml.team.example.")
    return found


def _prefix(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if text and not _PREFIX.fullmatch(text):
        raise click.BadParameter("it begins with / and does not end with it, and has letters, digits and . _ ~ - alone, such as /mlops.")
    return text


_WHY_NOT = {
    "dev": "there is nothing to reload",
    "disable_security_middleware": "it stays on: see --allowed-hosts and --cors-allowed-origins",
    "expose_prometheus": "/metrics has them",
    "registry_store_uri": "models are kept in the store",
}


def _say_why_not(_context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Options of MLflow's servers that change nothing here."""
    if value:
        click.echo(f"{parameter.opts[0]} is not used: {_WHY_NOT.get(str(parameter.name), 'the server is no WSGI program')}.", err=True)


_OPTIONS = (
    click.option("-h", "--host", envvar="MLFLOW_HOST", default="127.0.0.1", show_default=True, help="Address to listen at."),
    click.option("-p", "--port", envvar="MLFLOW_PORT", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at."),
    click.option("--store", "--backend-store-uri", envvar="MLFLOW_BACKEND_STORE_URI", metavar="PATH", help="The store; by default as in Python."),
    click.option("--auth", type=click.Choice(["token", "users", "none"]), default="token", show_default=True, help="Who may ask."),
    click.option("--default-permission", type=click.Choice(list(Level.__members__)), default="READ", show_default=True, help="--auth users: what everybody may do with what was not granted."),
    click.option("--allow-unauthenticated", is_flag=True, help="--auth none also for others than this machine."),
    click.option("--static-prefix", envvar="MLFLOW_STATIC_PREFIX", default="", callback=_prefix, metavar="PATH", help="In front of every path."),
    click.option("--allowed-hosts", envvar="MLFLOW_SERVER_ALLOWED_HOSTS", callback=_hosts, metavar="NAME,…", help="Other names that it may be asked by; *.example too."),
    click.option("--cors-allowed-origins", envvar="MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", callback=_origins, metavar="URL,…", help="Origins of pages that may ask and change something."),
    click.option("--x-frame-options", "frame_options", envvar="MLFLOW_SERVER_X_FRAME_OPTIONS", default="SAMEORIGIN", show_default=True, type=click.Choice(["SAMEORIGIN", "DENY", "NONE"], case_sensitive=False), help="Who may show its page in a frame."),
    click.option("--artifacts", "--artifacts-destination", "--default-artifact-root", envvar=["MLFLOW_ARTIFACTS_DESTINATION", "MLFLOW_DEFAULT_ARTIFACT_ROOT"], metavar="URI", help="Where artifacts of new experiments lie: a folder, s3://…, …"),
    click.option("--serve-artifacts/--no-serve-artifacts", envvar="MLFLOW_SERVE_ARTIFACTS", default=True, help="Artifacts go through the server."),
    click.option("--artifacts-only", envvar="MLFLOW_ARTIFACTS_ONLY", is_flag=True, help="Nothing but artifacts."),
    click.option("--predict", type=click.Choice(["off", "safe", "trust"]), help="Run models for pages: those that run no code of their own or that you signed; trust: whoever may edit a model may vouch for its code, which then runs here as you. off by default, but trust in a ui of your own."),
    click.option("--log-format", type=click.Choice(["text", "json"]), help="Log each request: a line of text, or of JSON."),
    click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True, help="What is logged."),
    click.option("-w", "--workers", envvar="MLFLOW_WORKERS", type=COUNT, default=1, hidden=True),
    *(click.option(name, is_flag=is_flag, hidden=True, expose_value=False, callback=_say_why_not) for name, is_flag in (("--dev", True), ("--disable-security-middleware", True), ("--gunicorn-opts", False), ("--waitress-opts", False), ("--uvicorn-opts", False), ("--expose-prometheus", False), ("--registry-store-uri", False))),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """What can be said of a server, whichever command starts it."""
    return functools.reduce(lambda done, option: option(done), reversed(_OPTIONS), command)


def start(
    host: str, port: int, store: str | None, auth: str, default_permission: str, allow_unauthenticated: bool, static_prefix: str,
    allowed_hosts: tuple[str, ...], cors_allowed_origins: tuple[str, ...], frame_options: str, artifacts: str | None,
    serve_artifacts: bool, artifacts_only: bool, predict: str | None, log_format: str | None, log_level: str, workers: int,
    open_page: Callable[[str], object] | None = None,
) -> None:  # fmt: skip
    """Serve as the options say; `open_page` is given an address that logs in, once somebody listens there."""
    if artifacts_only and not serve_artifacts:
        raise click.UsageError("--artifacts-only and --no-serve-artifacts leave nothing to serve.")
    if workers != 1:
        click.echo("One worker is used: the store is one file.", err=True)
    settings = Settings(
        prefix=static_prefix, allowed_hosts=allowed_hosts, allowed_origins=cors_allowed_origins, serve_artifacts=serve_artifacts,
        artifacts_only=artifacts_only, artifacts=artifact_root(artifacts), frame_options=frame_options.upper(), log_format=log_format,
        log_level=log_level, default_permission=read_level(default_permission), predict=predict or "off",
    )  # fmt: skip
    serve(open_store_file(store, "A server"), host, port, settings, auth=auth, allow_unauthenticated=allow_unauthenticated, say=click.echo, open_page=open_page)


@click.command("server")
@options
def command(**given: Any) -> None:
    """Let MLflow's clients and ours use a store from elsewhere, and browsers its page.

    \b
      jupyter mlops server --port 5000
      jupyter mlops server --host 0.0.0.0 --auth users --allowed-hosts ml.team.example
    """
    start(**given)
