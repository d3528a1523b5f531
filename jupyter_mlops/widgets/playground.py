"""``playground``: a model tried by hand, in a form made from its signature."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from traitlets import Bool, Dict, List, TraitError, Unicode, validate

from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.playground.contestants import Contestant
from jupyter_mlops.views.playground.forms import Field
from jupyter_mlops.views.playground.pages import playground_html, playground_text, table_html
from jupyter_mlops.views.playground.trials import Trial, problem_of
from jupyter_mlops.views.playground.values import merged
from jupyter_mlops.views.playground.what_ifs import can_vary
from jupyter_mlops.widgets.linked import LinkedView

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Playground", "playground"]

_log = logging.getLogger(__name__)
_OF_PAGE = ("values", "params", "features", "output", "tab", "only_differing")


class Playground(LinkedView):
    """A model tried by hand; what is done on the page is in these attributes, and what is set here shows on the page.

    Attributes
    ----------
    values : dict
        The form: a value for each input. Setting some of them leaves the others.
    params : dict
        The same for the model's params.
    features : list of str
        One or two inputs that the what-if chart varies.
    output : str or None
        The class or output that it shows; None for what fits.
    tab : {"row", "rows"}
        Whether the form or the table is shown.
    only_differing : bool
        Whether the table has only rows where the two models differ.
    outcome : dict or None
        What the models said to the form.
    table : dict or None
        What they said to many rows, in short; the rows are in `result`.
    models : list of dict
        The models, and whether they are loaded.
    lasting : dict
        HTML and text of the last prediction; the page writes them into the notebook.

    Notes
    -----
    Use it from any thread. Models are loaded once, and predict one after the other.
    """

    values = Dict()
    params = Dict()
    features = List(Unicode(), maxlen=2)
    output = Unicode(None, allow_none=True)
    tab = Unicode("row")
    only_differing = Bool()
    outcome = Dict(default_value=None, allow_none=True)
    table = Dict(default_value=None, allow_none=True)
    models = List(Dict())
    lasting = Dict()
    shared = (*_OF_PAGE, "outcome", "table", "models", "lasting")
    value_is = "values"

    def __init__(self, trial: Trial, data: Any = None, trust: bool = False) -> None:
        self._trial, self._data = trial, data
        super().__init__()
        self.values = {**trial.form.values, **dict.fromkeys(trial.files)}
        self.params = trial.form.params_values
        self.features = [field.name for field in trial.form.fields if can_vary(field)][:1]
        self._load(trust)

    @validate("values")
    def _check_values(self, proposal: Any) -> dict[str, Any]:
        return self._merged(proposal["value"], self.values, self._trial.form.fields, "input")

    @validate("params")
    def _check_params(self, proposal: Any) -> dict[str, Any]:
        return self._merged(proposal["value"], self.params, self._trial.form.params, "param")

    def _merged(
        self, given: Mapping[str, Any], held: Mapping[str, Any], fields: list[Field], what: str
    ) -> dict[str, Any]:
        try:
            return merged(self._trial, given, held, fields, what)
        except InvalidParameter as error:
            raise TraitError(error.message) from None

    @validate("tab")
    def _check_tab(self, proposal: Any) -> str:
        if proposal["value"] not in ("row", "rows"):
            raise TraitError(f"tab is 'row' or 'rows', not {proposal['value']!r}.")
        return str(proposal["value"])

    @validate("features")
    def _check_features(self, proposal: Any) -> list[str]:
        known = [field.name for field in self._trial.form.fields if can_vary(field)]
        if wrong := [name for name in proposal["value"] if name not in known]:
            raise TraitError(f"No input that can vary: {', '.join(wrong)}; these can: {', '.join(known[:20])}.")
        return list(dict.fromkeys(proposal["value"]))

    def take_state(self, state: dict[str, Any], page: str) -> None:
        super().take_state({name: value for name, value in state.items() if name in _OF_PAGE}, page)

    @property
    def result(self) -> pd.DataFrame | None:
        """Inputs and what the models said to them, of the last prediction; None before."""
        return None if self._trial.result is None else self._trial.result.copy()

    def predict(self, data: Any = None, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Let the models predict.

        Parameters
        ----------
        data : DataFrame, array, list, ..., optional
            Many rows; by default the one in `values`.
        params : dict, optional
            By default those in `params`.

        Returns
        -------
        DataFrame
            The inputs, ``prediction`` (or the names of several outputs), ``probability_<class>``, the same of the
            challenger after ``challenger_``, and ``differs``.

        Raises
        ------
        InvalidParameter
            The data do not fit the signature, or the model raises; the message says where.
        InvalidState
            The model is not loaded, because nobody vouched for it or it cannot be.
        """
        with self._trial.lock:
            if params is not None:
                self._set_params(params)
            if data is None:
                self._ask_form()
            else:
                self._show_table(self._trial.ask_rows(data, self.params, type(data).__name__))
            if problem := self._problem():
                raise InvalidParameter(problem)
            assert self.result is not None
            return self.result

    def _problem(self) -> str | None:
        if self.tab == "row":
            return problem_of(self.outcome) if self.outcome else None
        problem: str | None = self.table["problems"][0] if self.table else None
        return problem

    def _set_params(self, params: dict[str, Any]) -> None:
        try:
            self.params = params
        except TraitError as error:
            raise InvalidParameter(str(error)) from None

    def _load(self, trust: bool) -> None:
        is_ready = self._trial.load(trust)
        self.models = [one.told() for one in self._trial.contestants]
        if is_ready and self._data is not None:
            self._show_table(self._trial.ask_rows(self._data, self.params, type(self._data).__name__))
        elif is_ready and self._trial.has_example:
            self._ask_form()

    def _ask_form(self) -> None:
        kind, told = self._trial.ask_form(self.values, self.params)
        if kind == "rows":
            self._show_table(told)
        else:
            # The texts first: a page that has the prediction, and saves it, has them too.
            self.lasting = self._written("row", told)
            self.outcome, self.tab = told, "row"

    def _show_table(self, table: dict[str, Any]) -> None:
        told = {**table, "rows": self._trial.first_rows()}
        self.lasting = self._written("rows", told)
        self.table, self.tab = told, "rows"

    def _written(self, tab: str, told: dict[str, Any] | None) -> dict[str, str]:
        trial = self._trial
        note = next((one.message for one in trial.contestants if one.message), None)
        if tab == "rows" and told is not None:
            return {
                "text/html": table_html(self._title(), note, told),
                "text/plain": f"{self._title()}: {told['total']} rows of {told['name']}",
            }
        parts = (self._title(), note, trial.form, self.values, told)
        return {"text/html": playground_html(*parts, not is_plain()), "text/plain": playground_text(*parts)}

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        """Do what the page asks for; whatever goes wrong is said in one message."""
        known = {
            "predict": self._on_predict, "rows": self._on_rows, "file": self._on_file, "compare": self._trial.page,
            "what_if": self._on_what_if, "trust": self._on_trust,
        }  # fmt: skip
        if method not in known:
            raise NotFound(f"A playground does not know {method!r}; it knows {', '.join(known)}.")
        function: Any = known[method]
        try:
            return function(**parameters)
        except MlflowException:
            raise
        except Exception as error:  # a page must not wait for ever, whatever it sent
            _log.debug("A page asked for what could not be done", exc_info=True)
            words = str(error) if isinstance(error, TraitError) else f"{type(error).__name__}: {error}"
            raise InvalidParameter(words[:500]) from error

    def _on_predict(self, values: dict[str, Any] | None = None, params: dict[str, Any] | None = None) -> dict[str, Any]:
        with self._trial.lock:
            self.values, self.params = values or {}, params or {}
            self._ask_form()
            return {"tab": self.tab}

    def _on_rows(self, name: str, csv: str | None = None, npy: str | None = None) -> dict[str, Any]:
        with self._trial.lock:
            if npy is not None:
                table = self._trial.ask_npy(npy, self.params, name)
            else:
                table = self._trial.ask_csv(str(csv or ""), self.params, name)
            self._show_table(table)
            return {"total": table["total"]}

    def _on_file(self, field: str, name: str, data: str) -> dict[str, Any]:
        with self._trial.lock:
            self._trial.put_file(field, name, data)
            self.values = {field: None}  # the check puts in what is shown of the file
            return {}

    def _on_what_if(self, features: list[str], output: str | None = None) -> dict[str, Any]:
        return self._trial.what_if(self.values, self.params, features, output)

    def _on_trust(self) -> dict[str, Any]:
        self._load(trust=True)
        return {}

    def _title(self) -> str:
        return " against ".join(one.label for one in self._trial.contestants)

    def forms(self) -> tuple[dict[str, Any], str, str]:
        store = open_store(get_registry_uri())
        with self._trial.lock:
            if self._is_stale():
                self._ask_form()
            state = {name: value for name, value in self.page_state().items() if name != "lasting"}
            view = self.as_view("playground", store, {"form": msgspec.to_builtins(self._trial.form)}, state=state)
            written = self._written(self.tab, self.table if self.tab == "rows" else self.outcome)
            return view, written["text/html"], written["text/plain"]

    def _is_stale(self) -> bool:
        """Whether the form was changed in Python since its row was predicted: what is shown should belong together."""
        told = self.outcome if self.tab == "row" else None
        return told is not None and (told["values"], told["params"]) != (self.values, self.params)

    def __repr__(self) -> str:
        return f"<playground of {self._title()}>"


def playground(
    model_uri: str | os.PathLike[str],
    challenger: str | os.PathLike[str] | None = None,
    data: Any = None,
    trust: bool | None = None,
) -> Playground:
    """Try a model by hand: a form made from its signature, its prediction, and what it would say to other inputs.

    Parameters
    ----------
    model_uri : str or path
        ``models:/<name>/<version>``, ``models:/<name>@<alias>``, ``runs:/<run id>/<path>``, or a folder.
    challenger : str or path, optional
        Another model that is asked the same.
    data : DataFrame, optional
        Rows to predict at once; their values give ranges and choices to the form.
    trust : bool, optional
        Load models even if they run code and were not signed by this user. By default the view says what would run, and
        nothing is loaded until somebody allows it there.

    Returns
    -------
    Playground
        Shown as the last value of a cell; ``.values`` is the form, ``.result`` the last prediction.

    Raises
    ------
    NotFound
        There is no such model, version or alias.
    InvalidParameter
        It is none that predicts.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> X = pd.DataFrame({"size": [50.0, 80.0, 120.0]})
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit(X, [1.0, 1.6, 2.4]), "model", input_example=X)
    >>> w = mlflow.playground(info.model_uri)
    >>> w.values = {"size": 100.0}
    >>> w.predict().round(3)
        size  prediction
    0  100.0         2.0
    """
    contestants = [Contestant(model_uri, "champion")]
    if challenger is not None:
        contestants.append(Contestant(challenger, "challenger"))
    rows = data if hasattr(data, "columns") else None
    return Playground(Trial(contestants, rows), data, bool(trust))
