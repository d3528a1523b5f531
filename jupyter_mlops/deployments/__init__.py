"""Models taken to where they answer: ``get_deploy_client("local")``, docker, SageMaker, Azure ML, and targets of other packages.

A target is a file here. A plugin names a module in its ``pyproject.toml`` by the target it is for::

    [project.entry-points."jupyter_mlops.deployments"]
    mycloud = "my_package.deployments"

May import `sagemaker`, `azureml`, `serving` and what is below; called by `evaluation` and `cli`.
"""

from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.deployments.targets import (
    get_deploy_client,
    get_deployments_target,
    run_local,
    set_deployments_target,
)

__all__ = ["BaseDeploymentClient", "get_deploy_client", "get_deployments_target", "run_local", "set_deployments_target"]
