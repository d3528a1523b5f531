"""Models on Amazon SageMaker: endpoints, batch jobs, images. Needs the extra ``sagemaker``.

May import `serving` and what is below it; called by `deployments`, which has the client of the target ``sagemaker``, and by `cli`.
"""

from jupyter_mlops.sagemaker.endpoints import delete, deploy
from jupyter_mlops.sagemaker.local_runs import run_local
from jupyter_mlops.sagemaker.pushes import push_image_to_ecr, push_model_to_sagemaker
from jupyter_mlops.sagemaker.transforms import deploy_transform_job, terminate_transform_job

__all__ = ["delete", "deploy", "deploy_transform_job", "push_image_to_ecr", "push_model_to_sagemaker", "run_local", "terminate_transform_job"]
