"""Projects: a folder, repository or archive with an ``MLproject`` file, run as a run, in an environment of its own.

May import `environments` and what is below it. ``import jupyter_mlops.projects`` as MLflow's users know it.
"""

from jupyter_mlops.projects.launches import run
from jupyter_mlops.projects.new_projects import new_project
from jupyter_mlops.projects.submitted_runs import SubmittedRun

__all__ = ["SubmittedRun", "new_project", "run"]
