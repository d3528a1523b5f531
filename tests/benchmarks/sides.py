"""One statement, timed on both sides: here with this package, and in a process of its own with the real MLflow."""

import json
import os
import subprocess
import textwrap
from typing import NamedTuple

_OURS = """
import jupyter_mlops as mlflow
"""
_THEIRS = """
import json, logging, statistics, time, warnings
warnings.simplefilter("ignore")
import mlflow
logging.disable(logging.CRITICAL)
"""
_PREPARED = """
mlflow.set_tracking_uri({database!r})
client = mlflow.MlflowClient()
CALLS = {calls}
{setup}
def once():
{statement}
"""
_TIMED = """
times = []
if {rounds} > 1:
    once()
for _ in range({rounds}):
    began = time.{clock}()
    once()
    times.append(time.{clock}() - began)
print(json.dumps(statistics.median(times)))
"""


class Side(NamedTuple):
    """What is timed.

    Attributes
    ----------
    database : str
        Tracking URI.
    setup, statement : str
        Python; see `beside_mlflow`.
    calls : int
        ``CALLS`` of the statement.
    """

    database: str
    setup: str
    statement: str
    calls: int

    def _prepared(self):
        return _PREPARED.format(
            database=self.database,
            calls=self.calls,
            setup=textwrap.dedent(self.setup),
            statement=textwrap.indent(textwrap.dedent(self.statement), "    "),
        )

    def here(self):
        """The statement as a function of this process."""
        names = {}
        exec(_OURS + self._prepared(), names)
        return names["once"]

    def seconds_in(self, python, rounds, test):
        """Median of `rounds`, after one more if there are several, by the clock that the test's benchmark uses."""
        marker = test.get_closest_marker("benchmark")
        clock = marker.kwargs["timer"].__name__ if marker else "perf_counter"
        script = _THEIRS + self._prepared() + _TIMED.format(rounds=rounds, clock=clock)
        quiet = {**os.environ, "GIT_PYTHON_REFRESH": "quiet", "MLFLOW_DISABLE_TELEMETRY": "true", "TQDM_DISABLE": "1"}
        done = subprocess.run([python, "-c", script], check=False, env=quiet, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])
