"""Logged models of a tracking server, as MLflow 3 has them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from jupyter_mlops.entities.logged_models import LOGGED_STATUSES, LoggedModel
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.errors import InvalidParameter, NotFound, ServerLacks
from jupyter_mlops.storage.http.addresses import API
from jupyter_mlops.storage.remote.links import Linked
from jupyter_mlops.storage.remote.messages import as_pairs, logged_model_of, page_of

__all__ = ["RemoteLoggedModels"]

_PATH = API + "logged-models"


class RemoteLoggedModels(Linked):
    """The part of a remote store that is about logged models. Servers of MLflow 2 have none."""

    def create_logged_model(
        self, experiment_id: str, name: str | None, model_type: str | None, run_id: str | None, tags: dict[str, str],
        params: dict[str, str],
    ) -> LoggedModel:  # fmt: skip
        told = self.client.post(
            "logged-models", experiment_id=experiment_id, name=name, model_type=model_type, source_run_id=run_id, tags=as_pairs(tags),
            params=as_pairs(params),
        )  # fmt: skip
        return logged_model_of(told["model"], self.uri)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        return logged_model_of(self.client.get(f"logged-models/{_checked(model_id)}")["model"], self.uri)

    def update_logged_model(
        self, model_id: str, *, status: str | None = None, tags: dict[str, str] | None = None, params: dict[str, str] | None = None
    ) -> LoggedModel:
        path = f"{_PATH}/{_checked(model_id)}"
        if status not in (None, *LOGGED_STATUSES):  # MLflow's servers overlook one that they do not know
            raise InvalidParameter(f"There is no status {status!r} of a logged model; there are {', '.join(LOGGED_STATUSES)}.")
        if tags:
            self.client.call("PATCH", path + "/tags", {"model_id": model_id, "tags": as_pairs(tags)})
        if params:
            self.client.call("POST", path + "/params", {"model_id": model_id, "params": as_pairs(params)})
        if status is not None:
            self.client.call("PATCH", path, {"model_id": model_id, "status": status})
        return self.get_logged_model(model_id)

    def delete_logged_model(self, model_id: str) -> None:
        self.client.call("DELETE", f"{_PATH}/{_checked(model_id)}", {})

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        self.client.call("DELETE", f"{_PATH}/{_checked(model_id)}/tags/{quote(key, safe='')}", {})

    def search_logged_models(
        self, experiment_ids: Sequence[str], filter_string: str | None, max_results: int, order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:  # fmt: skip
        order = [{"field_name": text.rpartition(" ")[0] or text, "ascending": not text.upper().endswith(" DESC")} for text in order_by or ()]
        told = self.client.post(
            "logged-models/search", experiment_ids=list(experiment_ids), filter=filter_string, max_results=max_results,
            order_by=order or None, page_token=page_token,
        )  # fmt: skip
        return page_of(told, "models", logged_model_of, self.uri)

    def logged_model_place(self, name: str, run_id: str | None = None) -> str | None:
        try:
            if run_id is None:
                return self.get_logged_model(name).artifact_location if name.startswith("m-") else None
            if "'" in name:
                return None
            experiment = self.client.get("runs/get", run_id=run_id)["run"]["info"]["experiment_id"]
            found = self.search_logged_models(
                [str(experiment)], f"name = '{name}' AND source_run_id = '{run_id}'", 1, ["creation_timestamp DESC"], None
            )
        except (ServerLacks, NotFound):  # a server of MLflow 2
            return None
        return found[0].artifact_location if found else None


def _checked(model_id: str) -> str:
    if not model_id.replace("-", "").isalnum():
        raise InvalidParameter(f"{model_id!r:.300} is no id of a logged model.")
    return model_id
