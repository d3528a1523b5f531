"""Projects in folders of their own, and what is left of them."""

import os
import pathlib
import subprocess

import pytest

from tests.projects.dask_clusters import dask  # noqa: F401
from tests.projects.engines import engine  # noqa: F401

MLPROJECT = """
name: wine
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.5}
      data: {type: path, default: data.csv}
    command: "python train.py --alpha {alpha} --data {data}"
  validate:
    parameters:
      model_path: path
    command: "python validate.py {model_path}"
"""
TRAIN = """
import argparse, os, sys
import jupyter_mlops as mlflow
parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float)
parser.add_argument("--data")
known, others = parser.parse_known_args()
with mlflow.start_run():
    mlflow.log_metric("score", known.alpha * 2)
    mlflow.set_tag("data", open(known.data).read())
    mlflow.set_tag("others", " ".join(others))
    mlflow.set_tag("python", sys.prefix)
"""


@pytest.fixture
def project(tmp_path):
    """A function that writes a project's files and returns its folder."""

    def write(name="project", **files):
        folder = tmp_path / name
        for path, text in ({"MLproject": MLPROJECT, "train.py": TRAIN, "data.csv": "a,b"} | files).items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return folder

    return write


@pytest.fixture
def git():
    """Runs git in a folder, as somebody."""

    def call(folder: pathlib.Path, *arguments: str) -> str:
        who = {f"GIT_{role}_{what}": "ann@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return subprocess.run(["git", *arguments], cwd=folder, env=os.environ | who, check=True, capture_output=True, text=True).stdout

    return call
