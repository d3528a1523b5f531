"""``jupyter mlops server``."""

from __future__ import annotations

import click

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.serving import serve
from jupyter_mlops.storage.opened import open_store

__all__ = ["command"]


def _names(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _prefix(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if text and (not text.startswith("/") or text.endswith("/")):
        raise click.BadParameter("it begins with / and does not end with it, such as /mlops.")
    return text


@click.command("server")
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("-p", "--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at.")
@click.option("--store", "--backend-store-uri", metavar="PATH", help="The store; by default as in Python.")
@click.option("--auth", type=click.Choice(["token", "none"]), default="token", show_default=True, help="Who may ask.")
@click.option("--allow-unauthenticated", is_flag=True, help="--auth none also for others than this machine.")
@click.option("--static-prefix", default="", callback=_prefix, metavar="PATH", help="In front of every path.")
@click.option("--allowed-hosts", callback=_names, metavar="NAME,…", help="Other names that it may be asked by; *.example too.")
@click.option("--cors-allowed-origins", callback=_names, metavar="URL,…", help="Origins of pages that may change something.")
@click.option("--serve-artifacts/--no-serve-artifacts", default=True, help="Artifacts go through the server.")
@click.option("--default-artifact-root", "--artifacts", metavar="PATH", hidden=True)
@click.option("-w", "--workers", type=int, default=1, hidden=True)
def command(
    host: str, port: int, store: str | None, auth: str, allow_unauthenticated: bool, static_prefix: str,
    allowed_hosts: tuple[str, ...], cors_allowed_origins: tuple[str, ...], serve_artifacts: bool,
    default_artifact_root: str | None, workers: int,
) -> None:  # fmt: skip
    """Let MLflow's clients and ours use a store from elsewhere."""
    if default_artifact_root:
        raise InvalidParameter("Artifacts lie in mlartifacts/ beside the store; give an experiment an artifact_location for another place.")
    if workers != 1:
        click.echo("One worker is used: the store is one file.", err=True)
    serve(
        open_store(store), host, port, auth=auth, prefix=static_prefix, allowed_hosts=allowed_hosts,
        allowed_origins=cors_allowed_origins, serve_artifacts=serve_artifacts, allow_unauthenticated=allow_unauthenticated,
        say=click.echo,
    )  # fmt: skip
