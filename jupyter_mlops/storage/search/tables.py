"""Where things lie in the store, which is attached to the database as ``store``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jupyter_mlops.entities.tags import EVALUATED_MODEL_TAG

__all__ = ["EXPERIMENT_TABLES", "LOGGED_MODEL_METRICS", "LOGGED_MODEL_TABLES", "MODEL_VERSION_TABLES", "REGISTERED_MODEL_TABLES", "RUN_TABLES", "Tables"]


@dataclass(frozen=True, eq=False)
class Tables:
    """Where one subject's rows and what belongs to them lie.

    Attributes
    ----------
    rows : str
        The ``FROM`` clause; the row itself is called ``t``.
    ids : tuple of str
        Columns that name a row, here and in `keyed`.
    columns : mapping of str to str
        An attribute's SQL. ``$root`` in it stands for the store's folder.
    keyed : mapping of str to str
        For tag, param and metric the table of (`ids`, key, value).
    """

    rows: str
    ids: tuple[str, ...]
    columns: Mapping[str, str]
    keyed: Mapping[str, str]


# A location with a scheme, a drive or a leading slash is absolute; others are relative to the store's folder.
_ABSOLUTE = r"(CASE WHEN regexp_matches({0}, '^(/|[a-zA-Z][a-zA-Z0-9+.\-]*:)') THEN {0} ELSE $root || '/' || {0} END)"

RUN_TABLES = Tables(
    rows="store.runs AS t",
    ids=("rid",),
    columns=MappingProxyType(
        {
            **{key: f"t.{key}" for key in ("run_id", "run_name", "user_id", "status", "start_time", "end_time")},
            "artifact_uri": _ABSOLUTE.format("t.artifact_uri"),
        }
    ),
    keyed=MappingProxyType({"tag": "store.tags", "param": "store.params", "metric": "store.latest_metrics"}),
)

EXPERIMENT_TABLES = Tables(
    rows="store.experiments AS t",
    ids=("experiment_id",),
    columns=MappingProxyType(
        {
            "name": "t.name",
            "experiment_id": "t.experiment_id",
            "creation_time": "t.creation_time",
            "last_update_time": "t.last_update_time",
        }
    ),
    keyed=MappingProxyType({"tag": "store.experiment_tags"}),
)

REGISTERED_MODEL_TABLES = Tables(
    rows="store.registered_models AS t",
    ids=("mid",),
    columns=MappingProxyType({"name": "t.name", "last_updated_timestamp": "t.last_update_time"}),
    keyed=MappingProxyType({"tag": "store.registered_model_tags"}),
)

MODEL_VERSION_TABLES = Tables(
    rows="store.model_versions AS t JOIN store.registered_models AS m ON m.mid = t.mid",
    ids=("mid", "version"),
    columns=MappingProxyType(
        {
            "name": "m.name",
            "run_id": "t.run_id",
            "source_path": _ABSOLUTE.format("t.source"),
            "version_number": "t.version",
            "creation_timestamp": "t.creation_time",
            "last_updated_timestamp": "t.last_update_time",
        }
    ),
    keyed=MappingProxyType({"tag": "store.model_version_tags"}),
)

# Of the run that made a model, and of runs that evaluated it; only of its experiment, as who may read that may read both.
LOGGED_MODEL_METRICS = f"""(
SELECT model_id, x.* EXCLUDE (rid) FROM (
    SELECT model_id, rid FROM store.logged_models
    UNION SELECT m.model_id, t.rid FROM store.tags AS t JOIN store.runs AS r USING (rid)
    JOIN store.logged_models AS m ON m.model_id = t.value AND m.experiment_id = r.experiment_id
    WHERE t.key = '{EVALUATED_MODEL_TAG}' AND r.lifecycle_stage = 'active'
) AS measured JOIN store.latest_metrics AS x USING (rid)
QUALIFY row_number() OVER (PARTITION BY model_id, x.key ORDER BY x.timestamp DESC) = 1)
"""

LOGGED_MODEL_TABLES = Tables(
    rows="store.logged_models AS t LEFT JOIN store.logged_model_infos AS i ON i.model_id = t.model_id LEFT JOIN store.runs AS r ON r.rid = t.rid",
    ids=("model_id",),
    columns=MappingProxyType(
        {
            "name": "t.name",
            "model_id": "t.model_id",
            "model_type": "i.model_type",
            "status": "t.status",
            "source_run_id": "r.run_id",
            "creation_timestamp": "t.creation_time",
            "last_updated_timestamp": "t.last_update_time",
        }
    ),
    keyed=MappingProxyType(
        {
            "tag": "store.logged_model_tags",
            "param": "store.logged_model_params",
            "metric": LOGGED_MODEL_METRICS,
        }
    ),
)
