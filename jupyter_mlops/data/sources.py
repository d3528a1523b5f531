"""All classes of sources that come with the package, under the module that MLflow's users import them from."""

from typing import Any

from jupyter_mlops.data.dataset_source_registry import get_registered_sources


def __getattr__(name: str) -> Any:
    for kind in get_registered_sources():
        if kind.__name__ == name:
            return kind
    raise AttributeError(f"module 'jupyter_mlops.data.sources' has no attribute {name!r}")
