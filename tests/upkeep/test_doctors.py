"""What the doctor says of a store and of what is round it."""

import json
import os

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.upkeep import doctors
from jupyter_mlops.upkeep.doctors import examine, findings_text
from jupyter_mlops.version import __version__


def found(uri=None):
    return {finding.name: finding for finding in examine(uri)}


def test_a_store_that_is_not_there_is_not_made():
    assert "made by the first run" in found()["store"].text
    assert not os.path.exists("mlops.duckdb")


def test_a_healthy_store_needs_nothing():
    with mlflow.start_run():
        mlflow.log_metric("a", 1)
    report = examine()
    text = findings_text(report)
    assert "1 runs, readable and writable" in text and "GB free" in text and f"jupyter_mlops {__version__}" in text
    assert [finding.name for finding in report if finding.advice and finding.name not in ("disk", "git")] == []
    assert len(text.splitlines()) == len(report)


def test_who_holds_the_store_is_named(child, monkeypatch):
    monkeypatch.setattr(doctors, "_WAIT_S", 0.2)
    with mlflow.start_run():
        mlflow.log_metric("a", 1)
    mlflow.search_runs()
    holder = child(
        """
        import sys, duckdb
        connection = duckdb.connect("mlops.duckdb")
        print("held", flush=True)
        sys.stdin.readline()
        """
    )
    assert holder.stdout.readline() == "held\n"
    finding = found()["store"]
    assert str(holder.pid) in finding.advice and "what is logged meanwhile is kept" in finding.advice


def test_what_a_jupyter_server_lacks_is_said(monkeypatch, tmp_path):
    assert "server" not in found()
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    assert "start it again" in found()["server"].advice
    monkeypatch.setenv("JUPYTER_MLOPS_SERVER_STORE", str(tmp_path / "mlops.duckdb"))
    monkeypatch.setenv("JUPYTER_MLOPS_SERVER_VERSION", "0.0.1")
    assert "0.0.1" in found()["server"].text and "same version" in found()["server"].advice
    monkeypatch.setenv("JUPYTER_MLOPS_SERVER_VERSION", __version__)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    place = tmp_path / "share" / "labextensions" / "jupyter-mlops"
    place.mkdir(parents=True)
    (place / "package.json").write_text("{}")
    assert found()["server"].advice is None and str(place) in found()["front end"].text
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config" / "labconfig").mkdir(parents=True)
    (tmp_path / "config" / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": {"jupyter-mlops": True}}))
    assert "labextension enable" in found()["front end"].advice


def test_a_server_that_does_not_answer(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    finding = found("http://127.0.0.1:9")["store"]
    assert finding.advice and "127.0.0.1:9" in finding.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere: run the tests as another user")
def test_a_folder_that_may_not_be_written(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    assert "may not be written" in found(str(tmp_path / "closed" / "mlops.duckdb"))["store"].advice
