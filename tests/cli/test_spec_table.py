"""The table of commands and options, as MLflow's documentation and its command line have them; what is ours stands beside."""

import click
import pytest
from click.testing import CliRunner

from jupyter_mlops.cli.main import run

# By command: its options as "spellings=default $VARIABLE !" (! is required), and ARGUMENTS.
TABLE = {
    "experiments create": ["-n --experiment-name !", "-l --artifact-location"],
    "experiments search": ["-v --view=active_only", "--max-results", "--json"],
    "experiments list": ["-v --view=active_only", "--max-results", "--json"],
    "experiments delete": ["-x --experiment-id", "ID"],
    "experiments restore": ["-x --experiment-id", "ID"],
    "experiments rename": ["-x --experiment-id", "--new-name !", "ID"],
    "experiments csv": ["-x --experiment-id", "-o --filename", "ID"],
    "experiments get": ["-x --experiment-id", "-n --experiment-name", "--output=table", "--json", "ID"],
    "runs list": ["--experiment-id $MLFLOW_EXPERIMENT_ID", "-v --view=active_only", "--json"],
    "runs describe": ["--run-id", "--json", "ID"],
    "runs delete": ["--run-id", "ID"],
    "runs restore": ["--run-id", "ID"],
    "runs create": [
        "--experiment-id", "--experiment-name", "--run-name", "--description", "-t --tags*", "--status=FINISHED", "--parent-run-id", "--json",
    ],
    "artifacts log-artifact": ["-l --local-file !", "-r --run-id !", "-a --artifact-path"],
    "artifacts log-artifacts": ["-l --local-dir !", "-r --run-id !", "-a --artifact-path"],
    "artifacts list": ["-r --run-id !", "-a --artifact-path", "--json"],
    "artifacts download": ["-r --run-id", "-a --artifact-path", "-u --artifact-uri", "-d --dst-path"],
    "models list": ["--filter", "--max-results", "--output=table", "--json"],
    "models predict": ["-m --model-uri !", "-i --input-path", "-o --output-path", "-t --content-type", "--env-manager=local", "--install-mlflow", "-r --pip-requirements-override", "--env*", "--no-conda"],
    "models prepare-env": ["-m --model-uri !", "--env-manager", "--install-mlflow", "--no-conda"],
    "models build-docker": ["-m --model-uri", "-n --name=mlflow-pyfunc-servable", "--env-manager", "--mlflow-home", "--install-java", "--install-mlflow"],
    "models generate-dockerfile": ["-m --model-uri", "-d --output-directory=mlflow-dockerfile", "--env-manager", "--mlflow-home", "--install-java", "--install-mlflow"],
    "models update-pip-requirements": ["-m --model-uri !"],
    "models serve": [
        "-m --model-uri !", "-p --port=5000 $MLFLOW_PORT", "-h --host=127.0.0.1 $MLFLOW_HOST", "-t --timeout=60.0 $MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT",
        "-w --workers=1 $MLFLOW_MODELS_WORKERS", "--env-manager=local", "--install-mlflow", "--no-conda",
    ],
    "run": [
        "-e --entry-point=main", "-v --version", "-P --param-list*", "-A --docker-args*", "--experiment-name",
        "--experiment-id", "-b --backend=local", "-c --backend-config", "--env-manager", "--storage-dir $MLFLOW_TMP_DIR",
        "--run-id", "--run-name", "--build-image", "--no-conda", "URI!",
    ],
    "server": [
        "--backend-store-uri $MLFLOW_BACKEND_STORE_URI", "--default-artifact-root $MLFLOW_DEFAULT_ARTIFACT_ROOT",
        "--serve-artifacts=True $MLFLOW_SERVE_ARTIFACTS", "--artifacts-only $MLFLOW_ARTIFACTS_ONLY",
        "--artifacts-destination $MLFLOW_ARTIFACTS_DESTINATION", "-h --host=127.0.0.1 $MLFLOW_HOST", "-p --port=5000 $MLFLOW_PORT",
        "-w --workers $MLFLOW_WORKERS", "--static-prefix $MLFLOW_STATIC_PREFIX", "--allowed-hosts", "--cors-allowed-origins", "--x-frame-options",
        "--registry-store-uri", "--dev", "--gunicorn-opts", "--waitress-opts", "--uvicorn-opts", "--expose-prometheus", "--disable-security-middleware",
    ],
    "gc": ["--older-than", "--backend-store-uri", "--tracking-uri", "--run-ids", "--experiment-ids"],
    "doctor": ["--mask-envs", "--json"],
    "db upgrade": ["URL!"],
    "deployments create": ["-t --target", "--name !", "-m --model-uri !", "-f --flavor", "-C --config*", "--endpoint"],
    "deployments update": ["-t --target", "--name !", "-m --model-uri", "-f --flavor", "-C --config*", "--endpoint"],
    "deployments delete": ["-t --target", "--name !", "-C --config*", "--endpoint"],
    "deployments list": ["-t --target", "--endpoint", "--json"],
    "deployments get": ["-t --target", "--name !", "--endpoint", "--json"],
    "deployments help": ["-t --target"],
    "deployments predict": ["-t --target", "--name", "--endpoint", "-I --input-path !", "-O --output-path"],
    "deployments explain": ["-t --target", "--name", "--endpoint", "-I --input-path !", "-O --output-path"],
    "deployments run-local": ["-t --target", "--name !", "-m --model-uri !", "-f --flavor", "-C --config*"],
    "sagemaker build-and-push-container": ["--build=True", "--push=True", "-c --container=mlflow-pyfunc", "--env-manager", "--install-java"],
    "sagemaker push-model": [
        "-n --model-name !", "-m --model-uri !", "-e --execution-role-arn", "-b --bucket", "-i --image-url", "--region-name=us-west-2", "-v --vpc-config",
        "-f --flavor",
    ],
    "sagemaker deploy-transform-job": [
        "-n --job-name !", "-m --model-uri !", "--input-data-type !", "-u --input-uri !", "--content-type !", "-o --output-path !",
        "--compression-type=None", "-s --split-type=Line", "-a --accept=text/csv", "--assemble-with=Line", "--input-filter=$", "--output-filter=$",
        "-j --join-resource=None", "-e --execution-role-arn", "-b --bucket", "-i --image-url", "--region-name=us-west-2",
        "-t --instance-type=ml.m4.xlarge", "-c --instance-count=1", "-v --vpc-config", "-f --flavor", "--archive", "--async", "--timeout=1200",
    ],
    "sagemaker terminate-transform-job": ["-n --job-name !", "-r --region-name=us-west-2", "--archive", "--async", "--timeout=1200"],
    "sagemaker deploy": [
        "-a --app-name !", "-m --model-uri !", "-e --execution-role-arn", "-b --bucket", "-i --image-url", "--region-name=us-west-2", "--mode=create",
        "--archive", "-t --instance-type=ml.m4.xlarge", "-c --instance-count=1", "-v --vpc-config", "-f --flavor", "--async", "--timeout=1200",
    ],
    "sagemaker delete": ["-a --app-name !", "-r --region-name=us-west-2", "--archive", "--async", "--timeout=300"],
    "sagemaker run-local": ["-m --model-uri !", "-p --port=5000", "-i --image=mlflow-pyfunc", "-f --flavor"],
}  # fmt: skip
TABLE["ui"] = TABLE["server"]

PRINT_RECORDS = [
    "deployments get", "deployments list", "deployments targets", "doctor", "experiments get", "experiments list", "experiments search", "export", "import",
    "artifacts list", "models list", "models monitor", "permissions list", "registry describe", "registry describe-version", "registry history", "registry list", "registry register",
    "registry versions", "runs create", "runs describe", "runs list", "store check", "store info", "tokens list", "users list",
]  # fmt: skip


def every_command(command=run, path=()):
    """All groups and commands by their names."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        for name in command.list_commands(None):
            yield from every_command(command.get_command(click.Context(command), name), (*path, name))


COMMANDS = dict(every_command())




@pytest.mark.parametrize("name", TABLE)
def test_a_command_has_the_options_of_the_table(name):
    parameters = COMMANDS[name].params
    for line in TABLE[name]:
        if line.startswith("-"):
            text, _, variable = line.removesuffix(" !").partition(" $")
            spelled, _, default = text.rstrip("*").partition("=")
            (found,) = [p for p in parameters if isinstance(p, click.Option) and spelled.split()[-1] in p.opts]
            assert set(spelled.split()) <= {*found.opts}, line
            assert found.required == line.endswith("!"), line
            assert found.multiple == text.endswith("*"), line
            assert not default or str(found.default) == default, line
            assert not variable or variable in (found.envvar if isinstance(found.envvar, (list, tuple)) else [found.envvar]), line
        else:
            (found,) = [p for p in parameters if isinstance(p, click.Argument)]
            assert found.required == line.endswith("!"), line


def test_commands_that_print_records_print_json():
    assert {name for name, command in COMMANDS.items() if any("--json" in p.opts for p in command.params)} == set(PRINT_RECORDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_with_an_example(name):
    done = CliRunner().invoke(run, [*name.split(), "--help"], prog_name="jupyter mlops")
    assert done.exit_code == 0
    assert f"Usage: jupyter mlops {name}".strip() in done.output
    example = "jupyter mlops" if name != "completion" else "mlops completion"
    assert example in done.output.partition("Options:")[0].split("\n", 1)[1]
    assert max(map(len, done.output.splitlines())) <= 118
    for parameter in COMMANDS[name].params:
        assert isinstance(parameter, click.Argument) or parameter.hidden or parameter.help, parameter.name


@pytest.mark.parametrize("text", ["-1", "10000000000000000000000", "9" * 5000, "nan", "inf", "1e22", "many", ""])
def test_a_number_that_is_none_is_a_usage_error(text):
    for name, command in COMMANDS.items():
        for parameter in command.params:
            if isinstance(parameter.type, (click.types.IntParamType, click.types.FloatParamType)):
                with pytest.raises(click.BadParameter):
                    parameter.type_cast_value(click.Context(command), text)
                    raise AssertionError(f"{name} {parameter.name} takes {text:.30}")
    for given in ("0", text):
        done = CliRunner().invoke(run, ["runs", "list", "-x", "0", "--max-results", given])
        assert done.exit_code == 2 and "Invalid value for '--max-results'" in done.output


def test_no_spelling_means_two_things_in_one_command():
    for name, command in COMMANDS.items():
        spellings = [spelling for p in command.params if isinstance(p, click.Option) for spelling in [*p.opts, *p.secondary_opts]]
        assert len(spellings) == len(set(spellings)), name
