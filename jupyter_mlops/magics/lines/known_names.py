"""Names that a store knows, for completion: few, not older than two seconds, and never waited for long."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jupyter_mlops.entities.registered_models import STAGES, RegisteredModel
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.opened import get_registry_uri, get_tracking_uri, open_store
from jupyter_mlops.tracking.run_references import NEWEST
from jupyter_mlops.tracking.settings import chosen_experiment, current_store, experiment_for_run

__all__ = ["KnownNames", "Memory"]

_KEPT_S = 2.0
_WAITED_S = 0.5
_MOST = 200


@dataclass
class Memory:
    """What was asked, and when; a question that takes long is answered to the next who asks."""

    answers: dict[str, tuple[float, list[Any]]] = field(default_factory=dict)
    asking: dict[str, threading.Thread] = field(default_factory=dict)

    def ask(self, what: str, question: Callable[[], Sequence[Any]]) -> list[Any]:
        """The answer to a question, or an older one, or none."""
        when, known = self.answers.get(what, (-_KEPT_S, []))
        if time.monotonic() - when < _KEPT_S:
            return known
        thread = self.asking.get(what)
        if thread is None or not thread.is_alive():
            thread = self.asking[what] = threading.Thread(target=self._note, args=(what, question), daemon=True)
            thread.start()
        thread.join(_WAITED_S)
        return self.answers.get(what, (0.0, known))[1]

    def _note(self, what: str, question: Callable[[], Sequence[Any]]) -> None:
        try:
            found = list(question())
        except Exception:  # a completion is never a place for an error
            found = []
        self.answers[what] = (time.monotonic(), found)


class KnownNames:
    """Names in the current store and experiment.

    Parameters
    ----------
    memory : Memory
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def runs(self) -> list[Run]:
        """The newest runs of the experiment."""
        return self._ask("runs", lambda: current_store().search_runs([experiment_for_run()], None, ViewType.ACTIVE_ONLY, _MOST, NEWEST, None))

    def keys(self, group: str) -> list[str]:
        """Keys of their ``params``, ``metrics`` or ``tags``."""
        return sorted({key for run in self.runs() for key in getattr(run.data, group)})[:_MOST]

    def values(self, group: str, key: str) -> list[str]:
        """Values that they have for one param or tag."""
        found = {getattr(run.data, group).get(key) for run in self.runs()}
        return sorted(value for value in found if isinstance(value, str) and len(value) < 100 and "\n" not in value)

    def run_names(self) -> list[str]:
        """Their names, the newest first."""
        return list(dict.fromkeys(run.info.run_name for run in self.runs()))

    def experiments(self) -> list[str]:
        """Names of experiments."""
        found = self._ask("experiments", lambda: current_store().search_experiments(None, ViewType.ACTIVE_ONLY, _MOST, None, None))
        return [one.name for one in found]

    def models(self) -> list[RegisteredModel]:
        """Registered models."""
        return self._ask("models", lambda: open_store(get_registry_uri()).search_registered_models(None, _MOST, None, None))

    def versions(self, model: str) -> list[str]:
        """Versions of a model, the newest first."""
        where = f"name = '{model}'" if "'" not in model else f'name = "{model}"'
        found = self._ask(f"versions {model}", lambda: open_store(get_registry_uri()).search_model_versions(where, _MOST, None, None))
        return sorted((one.version for one in found), key=int, reverse=True)

    def places(self, model: str) -> list[str]:
        """Where a version of a model can go: stages, and the aliases that it has."""
        return [*STAGES, *(f"@{alias}" for one in self.models() if one.name == model for alias in one.aliases)]

    def model_uris(self) -> list[str]:
        """``models:/`` URIs."""
        uris = []
        for one in self.models():
            uris += [f"models:/{one.name}@{alias}" for alias in one.aliases]
            uris += [f"models:/{one.name}/{latest.version}" for latest in one.latest_versions]
        return uris

    def _ask(self, what: str, question: Callable[[], Sequence[Any]]) -> list[Any]:
        uri = get_registry_uri() if what.startswith(("models", "versions")) else get_tracking_uri()
        if not is_server(uri) and not os.path.exists(uri):
            return []  # no store yet: Tab makes none
        return self._memory.ask(f"{uri} {chosen_experiment()} {what}", question)
