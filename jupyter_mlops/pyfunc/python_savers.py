"""A model that is Python code on its way to a folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.models.copies import brought_here, copy_in
from jupyter_mlops.models.examples import split_params
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given, Parts, save_folder
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.pyfunc.code_models import run_model_code
from jupyter_mlops.pyfunc.own_modules import code_files, copy_modules, find_own_modules, imported_names, imports_of
from jupyter_mlops.pyfunc.pickles import dump_pickle, load_pickle
from jupyter_mlops.pyfunc.pyfunc_models import add_pyfunc
from jupyter_mlops.pyfunc.python_models import (
    FunctionPythonModel,
    PythonModel,
    PythonModelContext,
    PythonModelWrapper,
    as_python_model,
)
from jupyter_mlops.pyfunc.type_hints import InvalidHint, find_hints, is_schema_hint, schema_of_hint
from jupyter_mlops.types.columns import ColSpec
from jupyter_mlops.types.composites import AnyType
from jupyter_mlops.types.inference import infer_param_schema
from jupyter_mlops.types.schema import Schema

__all__ = ["PythonSaver"]

_log = logging.getLogger(__name__)
_FILE = "python_model.pkl"


class PythonSaver:
    """One model on its way to a folder."""

    def __init__(
        self, given: Any, artifacts: Mapping[str, Any], config: dict[str, Any] | None, streamable: bool | None
    ) -> None:
        self.config, self.artifacts = config, artifacts
        self.source = self._read(given) if isinstance(given, (str, os.PathLike)) else None
        self.code_file = os.path.basename(given) if self.source is not None else None
        if self.source is not None:
            given = run_model_code(self.source, os.fspath(given), config)
        self.model = as_python_model(given)
        own = getattr(type(self.model), "predict_stream", PythonModel.predict_stream)
        self.streamable = streamable if streamable is not None else own is not PythonModel.predict_stream
        self.kept: dict[str, dict[str, str]] = {}
        self.wrapper: PythonModelWrapper | None = None

    @staticmethod
    def _read(path: str | os.PathLike[str]) -> bytes:
        if not os.path.isfile(path):
            raise InvalidParameter(f"There is no file {os.fspath(path)!r} with a model's code.")
        with open(path, "rb") as file:
            return file.read()

    def save(self, path: Any, given: Given, own: str | None) -> None:
        named = ("input_example", "pip_requirements", "extra_pip_requirements")
        if (
            isinstance(self.model, FunctionPythonModel)
            and self.source is None
            and all(given.get(name) is None for name in named)
        ):
            raise InvalidParameter(f"A function as python_model needs one of {', '.join(named)}: say what it needs.")
        origins = find_origins(self.model) | imported_names(self.source or b"")
        if own is not None:
            given = {**given, "code_paths": copy_modules(find_own_modules(origins), own)}
        model = given.get("mlflow_model") or Model()
        given = {**given, "mlflow_model": model}
        if hinted := self._hinted(given):
            if isinstance(given.get("signature"), ModelSignature) and given["signature"] != hinted:
                _log.warning(
                    "The type hints of predict say another signature, which is the one that is kept: %s", hinted
                )
            model.signature, given["signature"] = hinted, None
            model.is_signature_from_type_hint = True  # type: ignore[attr-defined]
        params = split_params(given.get("input_example"))[1]
        parts = Parts(
            lambda: self._packages(origins, given), self._write, self._add_flavors,
            lambda data: self._loaded().predict(data, params),
        )  # fmt: skip
        save_folder(path, given, parts)

    def _hinted(self, given: Given) -> ModelSignature | None:
        hints = find_hints(self.model.func if isinstance(self.model, FunctionPythonModel) else self.model.predict)
        if not is_schema_hint(hints.input) or given.get("signature") is False:
            return None
        try:
            inputs = schema_of_hint(hints.input)
        except InvalidHint:
            raise
        except MlflowException as error:
            _log.warning("The type hints of predict are no signature: %s", error)
            return None
        params = split_params(given.get("input_example"))[1]
        return ModelSignature(inputs, _output_schema(hints.output), infer_param_schema(params) if params else None)

    def _write(self, folder: str) -> None:
        self.folder = folder
        if self.code_file is not None and self.source is not None:
            with open(os.path.join(folder, self.code_file), "wb") as file:
                file.write(self.source)
        else:
            self._pickle(os.path.join(folder, _FILE))
        self._copy_artifacts(folder)

    def _pickle(self, path: str) -> None:
        try:
            content = dump_pickle(self.model)
        except Exception as error:  # the objects in it say how they are pickled
            raise InvalidParameter(
                f"The model cannot be pickled ({type(error).__name__}: {error}). Make what cannot in load_context, or save a "
                "file of code that makes the model: python_model='my_model.py'."
            ) from error
        with open(path, "wb") as file:
            file.write(content)

    def _copy_artifacts(self, folder: str) -> None:
        taken: dict[str, str] = {}
        for position, (name, given) in enumerate(self.artifacts.items()):
            if not isinstance(given, (str, os.PathLike)):
                raise InvalidParameter(f"The artifact {name!r} is a path or URI, not {given!r}.")
            uri = os.fspath(given)
            if uri not in taken:
                source = _brought(name, uri)
                place = os.path.join(folder, "artifacts")
                if os.path.exists(os.path.join(place, os.path.basename(os.path.abspath(source)))):
                    place = os.path.join(place, str(position))  # another one of that name
                taken[uri] = os.path.relpath(copy_in(source, place), folder).replace(os.sep, "/")
            self.kept[name] = {"path": taken[uri], "uri": uri}

    def _add_flavors(self, model: Model, code: str | None, extra: dict[str, Any]) -> None:
        import cloudpickle  # only when a model is saved

        how = {"python_model": _FILE} if self.code_file is None else {"model_code_path": self.code_file}
        loader = "mlflow.pyfunc.model" if self.code_file is None else "mlflow.pyfunc.loaders.code_model"
        add_pyfunc(
            model, loader, code=code, artifacts=self.kept or None, config=self.config, streamable=self.streamable,
            cloudpickle_version=cloudpickle.__version__, **how, **extra,
        )  # fmt: skip

    def _loaded(self) -> PythonModelWrapper:
        """The model as a loader would have it; the user's own object is left as it is."""
        if self.wrapper is None:
            model = self.model
            if self.code_file is None:
                with open(os.path.join(self.folder, _FILE), "rb") as file:
                    model = load_pickle(file.read())
            artifacts = {name: os.path.join(self.folder, info["path"]) for name, info in self.kept.items()}
            self.wrapper = PythonModelWrapper(model, PythonModelContext(artifacts, self.config))
        return self.wrapper

    def _packages(self, origins: set[str], given: Given) -> list[str]:
        """What is in the model, what its functions import, and what is in it once it has read its artifacts."""
        if self.wrapper is None and type(self.model).__dict__.get("load_context") is not None:
            try:
                self._loaded()
            except Exception as error:  # the model is the user's code
                _log.warning("load_context fails, so what it loads is not among the requirements: %s", error)
        if self.wrapper is not None:
            origins = origins | find_origins(self.wrapper.python_model)
        own = find_own_modules(origins)
        found = packages_of(origins | imports_of([*own.values(), *code_files(given.get("code_paths"))]))
        return ["cloudpickle", *(name for name in found if name.replace("_", "-") != "jupyter-mlops")]


def _brought(name: str, uri: str) -> str:
    if uri.startswith("hf:"):
        raise InvalidParameter(f"The artifact {name!r} is on Hugging Face: download it, and give its path.")
    try:
        return brought_here(uri)
    except (NotFound, OSError) as error:
        raise NotFound(f"The artifact {name!r} is not there: {error}") from error


def _output_schema(hint: Any) -> Schema:
    try:
        if hint is not None:
            return schema_of_hint(hint, many=False)
    except MlflowException as error:
        _log.info("The type hint of what predict returns is no schema, so anything is: %s", error)
    return Schema([ColSpec(AnyType())])
