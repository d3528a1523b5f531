"""Experiments of a tracking server."""

from __future__ import annotations

import logging

from jupyter_mlops.entities.experiments import NAMED, Experiment
from jupyter_mlops.entities.names import check_experiment_name
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.errors import NotFound, ServerUnreachable
from jupyter_mlops.storage.http.addresses import shown_place
from jupyter_mlops.storage.remote.links import Linked
from jupyter_mlops.storage.remote.messages import as_pairs, experiment_of, page_of, view_name

__all__ = ["RemoteExperiments"]


_log = logging.getLogger(__name__)


class RemoteExperiments(Linked):
    """The part of a remote store that is about experiments."""

    def create_experiment(self, name: str, artifact_location: str | None, tags: dict[str, str]) -> str:
        location = shown_place(self.uri, artifact_location) if artifact_location else None
        return str(self.client.post("experiments/create", name=check_experiment_name(name), artifact_location=location, tags=as_pairs(tags))["experiment_id"])

    def get_experiment(self, experiment_id: str) -> Experiment:
        if experiment_id.startswith(NAMED):
            return self._named(experiment_id.removeprefix(NAMED))
        try:
            told = self.client.get("experiments/get", experiment_id=experiment_id)
        except ServerUnreachable:
            if (known := self.noted_experiment(experiment_id=experiment_id)) is None:
                raise
            return known
        return self.remember(experiment_of(told["experiment"], self.uri))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        try:
            told = self.client.get("experiments/get-by-name", experiment_name=name)
        except NotFound:
            return None
        except ServerUnreachable:
            known = self.noted_experiment(name=name)
            if known is None and not self.is_ours:
                raise
            return known or self._to_be_made(name)
        return self.remember(experiment_of(told["experiment"], self.uri))

    def _named(self, name: str) -> Experiment:
        found = self.get_experiment_by_name(name)
        if found is None:
            raise NotFound(f"There is no experiment named {name!r} yet: it is made when its first run is delivered.")
        return found

    def _to_be_made(self, name: str) -> Experiment:
        """An experiment of a server of ours that does not answer now: its runs say its name, and it is made with the first."""
        _log.warning("%s does not answer: experiment %r is found or made there when its first run is delivered.", self.uri, name)
        return Experiment(NAMED + name, name, "")

    def search_experiments(
        self, filter_string: str | None, view_type: int, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[Experiment]:
        told = self.client.post(
            "experiments/search", filter=filter_string, view_type=view_name(view_type), max_results=max_results, order_by=order_by,
            page_token=page_token,
        )  # fmt: skip
        return page_of(told, "experiments", experiment_of, self.uri)

    def delete_experiment(self, experiment_id: str) -> None:
        self.client.post("experiments/delete", experiment_id=experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        self.client.post("experiments/restore", experiment_id=experiment_id)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        self.client.post("experiments/update", experiment_id=experiment_id, new_name=check_experiment_name(name))

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        self.client.post("experiments/set-experiment-tag", experiment_id=experiment_id, key=key, value=str(value))

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self.client.post("experiments/delete-experiment-tag", experiment_id=experiment_id, key=key)
