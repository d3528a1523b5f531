"""Alerts of runs: kept with the run as one tag, once, within bounds."""

import enum
import json
import logging
import pathlib
from datetime import timedelta

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.alerts import LEVELS, Alert, alerts_in, alerts_text
from jupyter_mlops.entities.tags import ALERTS_TAG
from jupyter_mlops.errors import InvalidParameter


class TheirLevel(enum.Enum):
    """As other trackers spell levels."""

    WARN = "WARN"


def test_an_alert_is_kept_with_the_run_for_other_processes(python):
    with mlflow.start_run() as run:
        mlflow.alert("loss is NaN", "at step 12")
        mlflow.alert(
            title="overfitting", text="since epoch 9", level=TheirLevel.WARN, wait_duration=timedelta(seconds=5)
        )
        mlflow.alert("no data", level="error")
    told = python(
        "import sys, jupyter_mlops as mlflow\nprint([(a.title, a.text, a.level, a.count) for a in mlflow.get_alerts(sys.argv[1])])",
        run.info.run_id,
    )
    assert told.strip() == str(
        [
            ("loss is NaN", "at step 12", "warning", 1),
            ("overfitting", "since epoch 9", "warning", 1),
            ("no data", "", "error", 1),
        ]
    )
    assert mlflow.get_alerts() == mlflow.get_alerts(run)  # the last run


def journalled():
    return sum(path.stat().st_size for path in pathlib.Path().glob("*.journal/*.seg"))


def test_what_is_told_again_at_once_is_written_once():
    with mlflow.start_run():
        mlflow.alert("overfitting")
        written = journalled()
        for _ in range(1000):
            mlflow.alert("overfitting", "again")
        assert 0 < written == journalled()
        mlflow.alert("overfitting", level="info")
        (first, second) = mlflow.get_alerts()
        mlflow.alert("overfitting", "again", wait_duration=0)
        (_, third) = mlflow.get_alerts()
    assert (first.level, first.count, second.level) == ("warning", 1, "info")
    assert (third.text, third.level, third.count) == ("again", "warning", 2)


def test_another_run_and_a_new_process_go_on_with_what_is_there(python):
    other = mlflow.MlflowClient().create_run("0")
    mlflow.alert("here", run_id=other.info.run_id)
    python("import sys, jupyter_mlops as mlflow\nmlflow.alert('there', run_id=sys.argv[1])", other.info.run_id)
    assert [one.title for one in mlflow.get_alerts(other)] == ["here", "there"]
    assert mlflow.active_run() is None


def test_a_script_is_told_in_its_log(caplog):
    caplog.set_level(logging.INFO)
    with mlflow.start_run():
        mlflow.alert("no data", "column x", level="error")
        mlflow.alert("no data", "column x", level="error")
    assert [(record.levelname, record.message) for record in caplog.records if "no data" in record.message] == [
        ("ERROR", "no data: column x")
    ]


def test_many_and_long_alerts_keep_within_a_tag_that_every_server_takes():
    with mlflow.start_run() as run:
        for number in range(60):
            mlflow.alert(f"{number} " + "ü" * 300, "\n" * 2000, level=LEVELS[number % 3])
    text = mlflow.get_run(run.info.run_id).data.tags[ALERTS_TAG]
    assert len(text) <= 5000
    kept = mlflow.get_alerts(run)
    assert kept[-1].title.startswith("59 ")
    assert {one.level for one in kept} == {"error"}  # the least were dropped first
    assert json.loads(text)[0]["title"] == kept[0].title


@pytest.mark.parametrize(
    "given", [{"title": ""}, {"title": None}, {"title": "a", "level": "loud"}, {"title": "a", "level": 3}]
)
def test_what_cannot_be_is_refused_before_there_is_a_run(given):
    with pytest.raises(InvalidParameter, match="title|level"):
        mlflow.alert(**given)
    assert len(mlflow.search_runs()) == 0


@pytest.mark.parametrize("text", ["", "not json", "{}", "[1]", '[{"title": 3}]', '[{"title": "a"}]'])
def test_a_tag_that_somebody_else_wrote_is_no_alert_and_no_error(text):
    assert alerts_in({ALERTS_TAG: text}) == []
    with mlflow.start_run() as run:
        mlflow.set_tag(ALERTS_TAG, text)
        mlflow.alert("mine")
    assert [one.title for one in mlflow.get_alerts(run)] == ["mine"]


def test_the_newest_alert_is_never_dropped():
    alerts = [Alert("x" * 120, "y" * 500, "error", 0) for _ in range(20)]
    assert alerts_in({ALERTS_TAG: alerts_text([*alerts, Alert("newest", "", "info", 1)])})[-1].title == "newest"
