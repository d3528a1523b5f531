"""The history of a metric as a DataFrame: the points of the list, by column."""

import math

import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import NotFound


def test_a_history_is_a_frame_of_the_listed_points():
    with mlflow.start_run() as run:
        for step, value in enumerate([0.5, math.nan, -math.inf, 0.25]):
            mlflow.log_metric("loss", value, step=step, timestamp=1_700_000_000_000 - step)
    frame = mlflow.metric_history_frame(run.info.run_id, "loss")
    points = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    expected = pd.DataFrame(
        {
            "step": [point.step for point in points],
            "timestamp": pd.to_datetime([point.timestamp for point in points], unit="ms", utc=True),
            "value": [point.value for point in points],
        }
    )
    assert list(frame["step"]) == [3, 2, 1, 0]
    pd.testing.assert_frame_equal(frame, expected)
    assert len(mlflow.metric_history_frame(run.info.run_id, "other")) == 0
    with pytest.raises(NotFound):
        mlflow.metric_history_frame("f" * 32, "loss")
