"""Runs the guide's blocks as they are: ``python -m jupyter_mlops.as_mlflow run_blocks.py FOLDER``, each in a folder of its own."""

import json
import os
import pathlib
import sys

__all__ = ["run_block"]


def run_block(block, mlflow, spelled=lambda code: code):
    """Execute a block in the current folder; returns what its expression shows."""
    names = {"mlflow": mlflow}
    exec(spelled(block.before + block.code), names)
    return json.loads(json.dumps(eval(block.shown, names)))


if __name__ == "__main__":
    import mlflow

    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    from blocks import BLOCKS

    shown = {}
    for name, block in BLOCKS.items():
        folder = pathlib.Path(sys.argv[1], name)
        folder.mkdir()
        os.chdir(folder)
        mlflow.set_tracking_uri(folder / "mlops.duckdb")
        shown[name] = run_block(block, mlflow)
        mlflow.disable_system_metrics_logging()
    print("\n" + json.dumps(shown))
