"""``jupyter mlops models …``."""

from __future__ import annotations

from jupyter_mlops.cli.groups import LazyGroup

__all__ = ["command"]

_TABLE = {
    "build-docker": ("jupyter_mlops.cli.images", "Build an image that serves a model."),
    "generate-dockerfile": ("jupyter_mlops.cli.dockerfiles", "Write a folder that docker build makes an image of."),
    "list": ("jupyter_mlops.cli.list_models", "List registered models by name."),
    "monitor": ("jupyter_mlops.cli.monitor_model", "Say what a served model was asked."),
    "predict": ("jupyter_mlops.cli.predict_rows", "Predict for the rows of a file."),
    "prepare-env": ("jupyter_mlops.cli.model_environments", "Make the environment of a model."),
    "serve": ("jupyter_mlops.cli.serve_model", "Answer requests for predictions of a model."),
    "update-pip-requirements": ("jupyter_mlops.cli.model_requirements", "Add packages to what a model needs, or remove some."),
}
command = LazyGroup(
    "models",
    table=_TABLE,
    help="""List models, serve them, and make images and environments of them; `jupyter mlops registry` changes registered ones.

    \b
      jupyter mlops models list
      jupyter mlops models predict -m models:/wine@champion -i input.csv -o output.csv
      jupyter mlops models serve -m models:/wine@champion -p 5001
      jupyter mlops models build-docker -m models:/wine@champion -n wine""",
)
