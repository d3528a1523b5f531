"""A playground that no kernel holds: what its page asks for is answered with the parts of its state that changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.views.playground.contestants import Contestant
from jupyter_mlops.views.playground.trials import Trial
from jupyter_mlops.views.playground.values import merged
from jupyter_mlops.views.playground.what_ifs import can_vary

__all__ = ["Desk"]


class Desk:
    """One page's playground.

    Parameters
    ----------
    contestants : list of Contestant
        Other pages may have the same: models are loaded once.

    Notes
    -----
    The page says its values with each call; files that were dropped, and the table, are kept here.
    """

    def __init__(self, contestants: list[Contestant]) -> None:
        self._trial = Trial(contestants)

    def answer(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Do what the page asks for.

        Raises
        ------
        NotFound
            There is no such method.
        InvalidParameter
            It cannot be done; whatever goes wrong is said in one message.
        """
        known = {
            "open": self.open, "load": self.load, "predict": self.predict, "file": self.put_file, "rows": self.rows,
            "table": self._trial.page, "what_if": self.what_if,
        }  # fmt: skip
        if method not in known:
            raise NotFound(f"A playground does not know {method!r}; it knows {', '.join(known)}.")
        function: Any = known[method]
        try:
            return dict(function(**parameters))
        except TypeError as error:
            raise InvalidParameter(f"{method}: {error}"[:500]) from error

    def open(self) -> dict[str, Any]:
        """The form, and the state to begin with; nothing is loaded for that."""
        form = self._trial.form
        state = {
            "values": self._merged({**form.values, **dict.fromkeys(self._trial.files)}), "params": form.params_values,
            "features": [field.name for field in form.fields if can_vary(field)][:1], **self._models(),
        }  # fmt: skip
        return {"form": msgspec.to_builtins(form), "state": state}

    def load(self) -> dict[str, Any]:
        """Load the models, as far as they may be, and predict for the example if there is one."""
        if self._trial.load(trust=False) and self._trial.has_example:
            return self.predict({**self._trial.form.values, **dict.fromkeys(self._trial.files)}, {})
        return self._models()

    def predict(self, values: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """What the models say to the form; why they are not loaded, if they are not any more."""
        if not self._trial.load(trust=False):
            return self._models()
        values, params = self._merged(values), self._merged_params(params)
        kind, told = self._trial.ask_form(values, params)
        answer = self._shown(told) if kind == "rows" else {"outcome": told, "tab": "row"}
        return {"values": values, "params": params, **answer, **self._models()}

    def put_file(self, field: str, name: str, data: str) -> dict[str, Any]:
        """Keep a file, base64, for a field of the form; what the form shows of it."""
        self._trial.put_file(field, name, data)
        return {"file": self._trial.summaries[field]}

    def rows(self, name: str, params: Mapping[str, Any], csv: str = "", npy: str | None = None) -> dict[str, Any]:
        """What the models say to the rows of a file: a CSV text, or ``.npy`` as base64."""
        if not self._trial.load(trust=False):
            return self._models()
        params = self._merged_params(params)
        ask = self._trial.ask_csv if npy is None else self._trial.ask_npy
        return {**self._shown(ask(csv if npy is None else npy, params, name)), **self._models()}

    def what_if(
        self, values: Mapping[str, Any], params: Mapping[str, Any], features: list[str], output: str | None = None
    ) -> dict[str, Any]:
        """The chart of the predictions over one or two inputs."""
        self._trial.load(trust=False)
        return self._trial.what_if(self._merged(values), self._merged_params(params), features, output)

    def _merged(self, values: Mapping[str, Any]) -> dict[str, Any]:
        form = self._trial.form
        return merged(self._trial, values, form.values, form.fields, "input")

    def _merged_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        form = self._trial.form
        return merged(self._trial, params, form.params_values, form.params, "param")

    def _shown(self, table: dict[str, Any]) -> dict[str, Any]:
        return {"table": {**table, "rows": self._trial.first_rows()}, "tab": "rows"}

    def _models(self) -> dict[str, Any]:
        return {"models": [_told(one) for one in self._trial.contestants]}


def _told(one: Contestant) -> dict[str, Any]:
    """A model in words for a page, which has a button to trust it and does not know this machine's folders."""
    told = one.told()
    words = told["message"]
    for folder in (os.path.realpath(one.folder), one.folder):
        words = words.replace(f"the model at {folder}", told["label"]).replace(folder, told["label"])
    return {**told, "message": words.replace("allow it with playground(..., trust=True)", "allow it here")}
