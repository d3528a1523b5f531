"""``jupyter mlops models serve``."""

from __future__ import annotations

import os

import click

from jupyter_mlops.cli.model_options import (
    environment_options,
    extra_option,
    model_option,
    override_option,
    trust_option,
)
from jupyter_mlops.cli.options import COUNT, SHARE, SPAN

__all__ = ["command"]


@click.command("serve")
@model_option
@click.option("-p", "--port", default=5000, show_default=True, envvar="MLFLOW_PORT", show_envvar=True, type=click.IntRange(0, 65535), help="Port to listen at; 0 for a free one.")
@click.option("-h", "--host", default="127.0.0.1", show_default=True, envvar="MLFLOW_HOST", show_envvar=True, help="Address to listen at.")
@click.option("-t", "--timeout", default=60.0, show_default=True, envvar="MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", show_envvar=True, type=SPAN, help="Seconds that a prediction may take.")
@click.option("-w", "--workers", default=1, show_default=True, envvar="MLFLOW_MODELS_WORKERS", show_envvar=True, type=COUNT, help="Processes that answer, each with a model of its own.")
@click.option("--follow", is_flag=True, help="Exchange the model when the alias or stage means another version.")
@click.option("--allowed-hosts", default="", metavar="NAME,…", help="Other names that the server may be asked by; * for any.")
@click.option("--log", is_flag=False, flag_value=1.0, type=SHARE, metavar="[RATE]", help="Keep requests and predictions beside the model, or a share of them such as 0.1; models monitor sums them up.")
@click.option("--log-without", multiple=True, metavar="COLUMN", help="A column that is not kept; may be given often.")
@trust_option
@environment_options()
@override_option
@extra_option
@click.option("--token-env", metavar="NAME", help="Variable of the environment that holds a token, which every request must bring then.")
def command(
    model_uri: str, port: int, host: str, timeout: float, workers: int, follow: bool, allowed_hosts: str, trust: bool,
    env_manager: str, install_mlflow: bool, pip_requirements_override: list[str], extra_envs: dict[str, str], token_env: str | None,
    log: float | None, log_without: tuple[str, ...],
) -> int:  # fmt: skip
    """Answer requests for predictions of a model, by MLflow's protocol, until Ctrl-C.

    \b
      jupyter mlops models serve -m models:/wine@champion -p 5001 --follow
      curl -H 'Content-Type: application/json' -d '{"inputs": [[1.0]]}' http://127.0.0.1:5001/invocations
    """
    from jupyter_mlops.server.sockets import ANY_HOSTS
    from jupyter_mlops.serving.children import serve_until_interrupted
    from jupyter_mlops.serving.model_environments import model_environment
    from jupyter_mlops.serving.packages import require_server
    from jupyter_mlops.serving.settings import Begin, Settings
    from jupyter_mlops.storage.http.addresses import LOOPBACK

    if log_without and not log:
        raise click.UsageError("--log-without leaves columns out of a log, which --log keeps.")
    if token_env is not None and not os.environ.get(token_env):
        raise click.BadParameter(f"the variable {token_env} is not set.", param_hint="--token-env")
    names = tuple(filter(None, (name.strip() for name in allowed_hosts.split(","))))
    settings = Settings(
        model_uri=model_uri, trust=trust, timeout=timeout, workers=workers, follow=follow,
        allowed_hosts=("*",) if host in ANY_HOSTS and not names else (*LOOPBACK, host, *names),
        token=os.environ[token_env] if token_env else None, log=log or 0.0, log_without=log_without,
    )  # fmt: skip

    def say(address: str) -> None:
        click.echo(f"{model_uri} is served at {address}/invocations", err=True)

    with model_environment(
        model_uri, env_manager, pip_requirements_override=pip_requirements_override, install_mlflow=install_mlflow, trust=trust
    ) as environment:
        if not environment.folder:
            require_server()
        if environment.folder or extra_envs:
            return serve_until_interrupted(Begin(settings, host, port), environment, extra_envs, say)
        from jupyter_mlops.serving.servers import run_server  # what needs those packages

        run_server(settings, host, port, say)
        return 0
