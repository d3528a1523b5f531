"""What an evaluator is: ours, and those that other packages bring."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.evaluation.results import EvaluationResult

__all__ = ["ModelEvaluator"]


class ModelEvaluator(ABC):
    """An evaluator of models; other packages bring theirs by an entry point in ``jupyter_mlops.evaluators``.

    Examples
    --------
    >>> class Counter(ModelEvaluator):
    ...     @classmethod
    ...     def can_evaluate(cls, *, model_type, evaluator_config, **kwargs):
    ...         return model_type == "classifier"
    ...     def evaluate(self, *, dataset, run_id, **kwargs):
    ...         return EvaluationResult({"rows": len(dataset.labels_data)}, {}, run_id)
    """

    @classmethod
    @abstractmethod
    def can_evaluate(cls, *, model_type: str | None, evaluator_config: dict[str, Any], **kwargs: Any) -> bool:
        """Whether it has something to say of models of that type."""

    @abstractmethod
    def evaluate(
        self,
        *,
        model_type: str | None,
        dataset: Any,
        run_id: str | None,
        evaluator_config: dict[str, Any],
        model: Any = None,
        extra_metrics: Sequence[Any] | None = None,
        custom_artifacts: Sequence[Any] | None = None,
        predictions: str | None = None,
        **kwargs: Any,
    ) -> EvaluationResult | None:
        """Compute, log to the run, and return what was found.

        Parameters
        ----------
        model_type : ``"classifier"``, ``"regressor"`` or None
        dataset : EvaluationDataset
        run_id : str
        evaluator_config : dict
        model : object with ``predict(data)``, optional
            None when the data has predictions.
        extra_metrics : sequence of EvaluationMetric, optional
        custom_artifacts : sequence of callable, optional
        predictions : str, optional
            Column of the model's answer that is the prediction.
        """
