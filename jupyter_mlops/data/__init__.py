"""Data sets: what a run was trained or tested on, with digest, schema, profile and where it came from; columns of what a model is given.

``import jupyter_mlops.data`` as MLflow's users know it. May import `artifacts`, `tracking` and what is below; a library
is only imported for data of its own. Used by `models`, `autologging`, `monitoring`, `serving`, `evaluation` and users.
"""

from jupyter_mlops.data.arrow_tables import from_arrow
from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.dataset_source_registry import (
    get_dataset_source_from_json,
    get_registered_sources,
    get_source,
    register_dataset_source,
)
from jupyter_mlops.data.duckdb_queries import from_duckdb
from jupyter_mlops.data.lineages import lineage
from jupyter_mlops.data.meta_dataset import MetaDataset
from jupyter_mlops.data.numpy_dataset import from_numpy
from jupyter_mlops.data.pandas_dataset import from_pandas
from jupyter_mlops.data.polars_dataset import from_polars
from jupyter_mlops.data.tensorflow_dataset import from_tensorflow

__all__ = [
    "Dataset",
    "DatasetSource",
    "MetaDataset",
    "from_arrow",
    "from_duckdb",
    "from_numpy",
    "from_pandas",
    "from_polars",
    "from_tensorflow",
    "get_dataset_source_from_json",
    "get_registered_sources",
    "get_source",
    "lineage",
    "register_dataset_source",
]
