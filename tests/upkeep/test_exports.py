"""An export has every row of every view, as of one moment, or is not there."""

import os

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import AlreadyExists, InvalidParameter
from jupyter_mlops.upkeep.exports import export_store


@pytest.mark.parametrize("format_", ["parquet", "csv"])
def test_files_hold_what_the_views_show(filled, plain, format_):
    with mlflow.start_run():
        mlflow.log_metric("odd", float("nan"), step=-5)
    rows = export_store(filled, "out", format_)
    assert sorted(os.listdir("out")) == sorted(f"{name}.{format_}" for name in rows)
    views = mlflow.sql("SHOW TABLES")["name"]
    assert sorted(rows) == sorted(views)
    for name in views:
        (expected,) = mlflow.sql(f"SELECT count(*) AS n FROM {name}")["n"]
        assert rows[name] == expected, name
        if format_ == "parquet" or expected:
            assert plain(filled.path, f"SELECT count(*) FROM 'out/{name}.{format_}'") == [(expected,)]
    shown = mlflow.sql("SELECT count(*) AS n, sum(step)::BIGINT AS s, sum(value) FILTER (NOT isnan(value)) AS v FROM metrics")
    (read,) = plain(filled.path, f"SELECT count(*), sum(step)::BIGINT, sum(value) FILTER (NOT isnan(value)) FROM 'out/metrics.{format_}'")
    assert read == pytest.approx(tuple(shown.iloc[0]))


def test_nothing_that_is_there_is_overwritten(filled):
    os.mkdir("out")
    with pytest.raises(AlreadyExists, match="name a folder that is to be made"):
        export_store(filled, "out")
    with pytest.raises(InvalidParameter, match="parquet or csv"):
        export_store(filled, "other", "xls")
    assert not [name for name in os.listdir() if name.startswith(("other", ".mlops-export"))]


def test_a_location_with_quotes_is_written_to(filled):
    assert export_store(filled, "it's here")["runs"] == 3
    assert "runs.parquet" in os.listdir("it's here")
