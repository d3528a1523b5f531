"""Artifacts by their URIs: fetched, listed and read. ``import jupyter_mlops.artifacts`` as MLflow's users know it.

May import `tracking` and what is below it.
"""

from jupyter_mlops.artifacts.downloads import download_artifacts, list_artifacts
from jupyter_mlops.artifacts.reads import load_dict, load_image, load_text

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]
