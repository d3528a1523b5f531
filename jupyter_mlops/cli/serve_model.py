"""``jupyter mlops models serve``."""

from __future__ import annotations

import os

import click

from jupyter_mlops.cli.options import COUNT, SPAN
from jupyter_mlops.errors import PackageMissing

__all__ = ["command"]


@click.command("serve")
@click.option("-m", "--model-uri", required=True, metavar="URI", help="runs:/<run id>/<path>, models:/<name>/<version or stage>, models:/<name>@<alias>, or a folder.")
@click.option("-p", "--port", default=5000, show_default=True, envvar="MLFLOW_PORT", show_envvar=True, type=click.IntRange(0, 65535), help="Port to listen at; 0 for a free one.")
@click.option("-h", "--host", default="127.0.0.1", show_default=True, envvar="MLFLOW_HOST", show_envvar=True, help="Address to listen at.")
@click.option("-t", "--timeout", default=60.0, show_default=True, envvar="MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", show_envvar=True, type=SPAN, help="Seconds that a prediction may take.")
@click.option("-w", "--workers", default=1, show_default=True, envvar="MLFLOW_MODELS_WORKERS", show_envvar=True, type=COUNT, help="Processes that answer, each with a model of its own.")
@click.option("--follow", is_flag=True, help="Exchange the model when the alias or stage means another version.")
@click.option("--allowed-hosts", default="", metavar="NAME,…", help="Other names that the server may be asked by; * for any.")
@click.option("--trust", is_flag=True, help="Run the model's own code even if you have not signed it.")
@click.option("--env-manager", type=click.Choice(["local"]), default="local", show_default=True, help="The environment that the model runs in: this one.")
@click.option("--no-conda", is_flag=True, hidden=True)
@click.option("--token-env", metavar="NAME", help="Variable of the environment that holds a token, which every request must bring then.")
def command(
    model_uri: str, port: int, host: str, timeout: float, workers: int, follow: bool, allowed_hosts: str, trust: bool,
    env_manager: str, no_conda: bool, token_env: str | None,
) -> None:  # fmt: skip
    """Answer requests for predictions of a model, by MLflow's protocol, until Ctrl-C.

    \b
      jupyter mlops models serve -m models:/wine@champion -p 5001 --follow
      curl -H 'Content-Type: application/json' -d '{"inputs": [[1.0]]}' http://127.0.0.1:5001/invocations
    """
    try:
        from jupyter_mlops.serving.servers import run_server
    except ImportError as error:
        raise PackageMissing(f"{error.name} is needed: pip install 'jupyter-mlops[server]'.") from error
    from jupyter_mlops.server.sockets import ANY_HOSTS
    from jupyter_mlops.serving.settings import Settings
    from jupyter_mlops.storage.http.addresses import LOOPBACK

    if token_env is not None and not os.environ.get(token_env):
        raise click.BadParameter(f"the variable {token_env} is not set.", param_hint="--token-env")
    names = tuple(filter(None, (name.strip() for name in allowed_hosts.split(","))))
    settings = Settings(
        model_uri=model_uri, trust=trust, timeout=timeout, workers=workers, follow=follow,
        allowed_hosts=("*",) if host in ANY_HOSTS and not names else (*LOOPBACK, host, *names),
        token=os.environ[token_env] if token_env else None,
    )  # fmt: skip
    run_server(settings, host, port, lambda address: click.echo(f"{model_uri} is served at {address}/invocations", err=True))
