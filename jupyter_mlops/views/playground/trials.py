"""One or two models tried on the same inputs: what a playground does, without a page."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.views.playground.contestants import Contestant
from jupyter_mlops.views.playground.files import decode, read_array, read_npy, summary
from jupyter_mlops.views.playground.forms import Form, make_form
from jupyter_mlops.views.playground.inputs import MOST_ROWS, read_csv, read_form, read_params, rows_of, to_model
from jupyter_mlops.views.playground.pages import columns_of, page_of
from jupyter_mlops.views.playground.results import Answer, ask, card_of, differences, input_frame, ranking, result_frame
from jupyter_mlops.views.playground.what_ifs import what_if

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Trial", "problem_of"]

_MOST_PAGE = 500
_FIRST_BYTES = 40_000


class Trial:
    """Models and their form; the last answers are kept.

    Parameters
    ----------
    contestants : list of Contestant
        The first one's signature makes the form.
    rows : DataFrame, optional
        Rows at hand, whose values give ranges and choices.

    Attributes
    ----------
    form : Form
    files : dict
        Arrays and bytes that stand for fields.
    summaries : dict
        What the form shows of them.
    result : DataFrame or None
        Inputs and answers of the last prediction.
    lock : RLock
        Held while models are loaded or predict: pages and cells ask from several threads.
    """

    def __init__(self, contestants: list[Contestant], rows: pd.DataFrame | None = None) -> None:
        self.contestants, self.lock = contestants, threading.RLock()
        self.files: dict[str, Any] = {}
        self.summaries: dict[str, dict[str, Any]] = {}
        self.result: pd.DataFrame | None = None
        self._table: tuple[list[dict[str, Any]], Any, Sequence[int]] | None = None
        self._count = 0
        meta = contestants[0].meta
        self._schema, self._params = meta.get_input_schema(), meta.get_params_schema()
        self.form = self._make_form(contestants[0], rows)

    @property
    def has_example(self) -> bool:
        """Whether the form starts with something that the model takes."""
        return self.form.filled or bool(self.files)

    def _make_form(self, first: Contestant, rows: pd.DataFrame | None) -> Form:
        problem, example = None, None
        try:
            example = first.example()
        except Exception as error:  # a file that anybody may have written
            problem = f"The input example cannot be read: {error}"[:300]
        form = make_form(first.meta, example, rows)
        if problem:
            form = msgspec.structs.replace(form, notes=[*form.notes, problem])
        if form.kind == "tensors" and self._schema is not None and example is not None:
            self._take_example(form, example if isinstance(example, Mapping) else {form.fields[0].name: example})
        return form

    def _take_example(self, form: Form, example: Mapping[str, Any]) -> None:
        assert self._schema is not None
        for field, spec in zip(form.fields, self._schema.inputs, strict=True):
            array = example.get(field.name)
            if array is not None and getattr(array, "ndim", None) == len(spec.shape):
                self.put(field.name, (array[:1] if spec.shape[0] == -1 else array).astype(spec.type), "input example")

    def load(self, trust: bool) -> bool:
        """Load what is not loaded yet; whether all models are."""
        with self.lock:
            for one in self.contestants:
                one.load(trust)
            return all(one.state == "ready" for one in self.contestants)

    def need_models(self) -> None:
        """Stop unless all models are loaded.

        Raises
        ------
        InvalidState
            One is not.
        """
        for one in self.contestants:
            if one.state != "ready":
                raise InvalidState(f"{one.label} is not loaded. {one.message}")

    def put(self, name: str, given: Any, source: str) -> None:
        """Keep an array or bytes for a field."""
        self.files[name], self.summaries[name] = given, summary(source, given)

    def put_file(self, name: str, source: str, data: Any) -> None:
        """Keep a file that came as base64.

        Raises
        ------
        InvalidParameter
            It cannot be read, or does not fit.
        """
        known = {field.name: field for field in self.form.fields if field.kind == "file"}
        if name not in known or self._schema is None:
            raise NotFound(f"There is no file {name!r} in this form.")
        content = decode(data)
        if known[name].shape is None:
            self.put(name, content, source)
            return
        specs = {field.name: spec for field, spec in zip(self.form.fields, self._schema.inputs, strict=True)}
        self.put(name, read_array(specs[name], content, self.files.get(name)), source)

    def _asked(self, data: Any, params: Any, count: int) -> list[Answer]:
        answers = []
        for one in self.contestants:
            assert one.model is not None
            answers.append(ask(one.model, data, params, count))
        return answers

    def ask_form(self, values: Mapping[str, Any], params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Ask for the row of a form.

        Returns
        -------
        "row" and what a card shows, or "rows" and the table, when what the form holds are many.
        """
        with self.lock:
            self.need_models()
            data, wrong = read_form(self.form, self._schema, values, self.files)
            fitted, wrong_params = read_params(self.form, self._params, params)
            self._count += 1
            outcome: dict[str, Any] = {"number": self._count, "wrong": wrong, "wrong_params": wrong_params, "cards": []}
            outcome |= {"values": dict(values), "params": dict(params), "differs": None}
            if wrong or wrong_params:
                return "row", outcome
            given = to_model(self.form, self._schema, data)
            if self.form.kind in ("free", "tensors") and (count := rows_of(given)) != 1:
                return "rows", self._tell(given, fitted, count, "input")
            answers = self._asked(given, fitted, 1)
            both = zip(self.contestants, answers, strict=True)
            outcome["cards"] = [{"label": one.label, "role": one.role, **card_of(answer)} for one, answer in both]
            found = differences(answers)
            outcome["differs"] = None if found is None else bool(found[0][0])
            self.result = result_frame(input_frame(data if self.form.kind == "matrix" else given, 1), answers)
            return "row", outcome

    def ask_rows(self, data: Any, params: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Ask for many rows, as Python has them.

        Raises
        ------
        InvalidParameter
            There are none, or the params do not fit.
        """
        with self.lock:
            self.need_models()
            if rows_of(data) == 0:
                raise InvalidParameter("There are no rows to predict.")
            extra: list[Any] = []
            if hasattr(data, "columns") and self._schema is not None and self._schema.has_input_names():
                extra = [column for column in data.columns if column not in self._schema.input_names()]
            return self._tell(data, self._fitted(params), rows_of(data), name, extra)

    def ask_csv(self, text: str, params: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Ask for the rows of a CSV text.

        Raises
        ------
        InvalidParameter
            It has other columns or values than the model takes, or the model takes arrays.
        """
        with self.lock:
            self.need_models()
            if self.form.kind == "tensors":
                raise InvalidParameter("This model takes arrays: drop a .npy file.")
            frame, extra = read_csv(text, self._schema, self.form)
            if self._schema is not None and not (self.form.kind == "columns" and self._schema.has_input_names()):
                frame = frame.set_axis(range(frame.shape[1]), axis=1)
            given = to_model(self.form, self._schema, frame)
            return self._tell(given, self._fitted(params), len(frame), name, extra)

    def ask_npy(self, data: Any, params: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Ask for the rows of a ``.npy`` file that came as base64.

        Raises
        ------
        InvalidParameter
            It is none, or the model takes several arrays.
        """
        with self.lock:
            self.need_models()
            array = read_npy(decode(data))
            if array.ndim == 0 or not 0 < len(array) <= MOST_ROWS:
                raise InvalidParameter(f"An array of 1 to {MOST_ROWS} rows is needed, not one of shape {array.shape}.")
            if len(self.form.fields) > 1 and self.form.kind == "tensors":
                raise InvalidParameter("The model takes several arrays: use w.predict() in Python for many rows.")
            named = {self.form.fields[0].name: array} if self.form.kind == "tensors" else array
            return self._tell(to_model(self.form, self._schema, named), self._fitted(params), len(array), name)

    def _fitted(self, params: Mapping[str, Any]) -> Any:
        fitted, wrong = read_params(self.form, self._params, params)
        if wrong:
            raise InvalidParameter(" ".join(f"{key}: {text}" for key, text in wrong.items()))
        return fitted

    def _tell(self, data: Any, params: Any, count: int, name: str, extra: Sequence[Any] = ()) -> dict[str, Any]:
        taken = [column for column in data.columns if column not in extra] if extra else []
        answers = self._asked(data[taken] if taken else data, params, count)
        inputs = input_frame(data, count)
        self.result = result_frame(inputs, answers)
        found = differences(answers)
        columns = columns_of(self.result, inputs.shape[1])
        self._table = (columns, None if found is None else found[0], ranking(found, count))
        self._count += 1
        return {
            "number": self._count,
            "name": str(name)[:200],
            "total": count,
            "columns": columns,
            "left_out": [str(column) for column in extra],
            "differing": None if found is None else int(found[0].sum()),
            "ms": [answer.ms for answer in answers],
            "problems": self._problems(answers),
        }

    def _problems(self, answers: Sequence[Answer]) -> list[str | None]:
        if len(answers) == 1:
            return [answers[0].problem]
        both = zip(self.contestants, answers, strict=True)
        return [answer.problem and f"{one.label}: {answer.problem}" for one, answer in both]

    def page(self, offset: int = 0, limit: int = 100, differing: bool = False) -> dict[str, Any]:
        """Rows of the table, those that differ first."""
        with self.lock:
            if self._table is None or self.result is None or len(self.result) != len(self._table[2]):
                return {"rows": [], "total": 0, "offset": 0}
            columns, differs, order = self._table
            chosen = [at for at in order if differs[at]] if differing and differs is not None else order
            return page_of(
                self.result, columns, chosen, differs, max(0, int(offset)), max(0, min(int(limit), _MOST_PAGE))
            )

    def first_rows(self) -> list[dict[str, Any]]:
        """As many of the first page as fit into a notebook."""
        rows: list[dict[str, Any]] = self.page()["rows"]
        while rows and len(msgspec.json.encode(rows)) > _FIRST_BYTES:
            rows = rows[: len(rows) // 2]
        return rows

    def what_if(
        self, values: Mapping[str, Any], params: Mapping[str, Any], features: Sequence[str], output: str | None
    ) -> dict[str, Any]:
        """See `views.playground.what_ifs.what_if`, for the row of a form.

        Raises
        ------
        InvalidParameter
            The form has inputs that do not fit, or none that can vary.
        """
        with self.lock:
            self.need_models()
            if self.form.kind not in ("columns", "matrix"):
                raise InvalidParameter("A what-if needs inputs that are numbers or choices.")
            row, wrong = read_form(self.form, self._schema, values, self.files)
            fitted = self._fitted(params)
            if wrong:
                raise InvalidParameter("Correct the inputs first.")

            def answers(rows: pd.DataFrame) -> list[tuple[str, Answer]]:
                given = to_model(self.form, self._schema, rows)
                labels = [one.label for one in self.contestants]
                return list(zip(labels, self._asked(given, fitted, len(rows)), strict=True))

            return what_if(self.form, row, features, output, answers)


def problem_of(outcome: Mapping[str, Any]) -> str | None:
    """What is wrong with an outcome, in one text; None if nothing is."""
    if wrong := {**outcome["wrong"], **outcome["wrong_params"]}:
        return " ".join(f"{name}: {text}" for name, text in wrong.items())
    return outcome["cards"][0]["problem"] if outcome["cards"] else None
