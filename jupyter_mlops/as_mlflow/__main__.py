"""Run a script, module or piece of code, as Python would, with our package as ``mlflow``."""

from __future__ import annotations

import os
import runpy
import sys
import types

from jupyter_mlops.as_mlflow import CHILDREN, install_as_mlflow

_USAGE = "usage: python -m jupyter_mlops.as_mlflow [-m MODULE | -c CODE | SCRIPT | -] [ARGUMENT]..."


def main() -> None:
    """Run what the command line says.

    Notes
    -----
    It is ``__main__`` until the process ends, as its threads and what it registered with `atexit` expect.
    """
    arguments = sys.argv[1:]
    how = arguments[0] if arguments else ""
    if not how or (how.startswith("-") and how not in ("-m", "-c", "-")) or arguments in (["-m"], ["-c"]):
        sys.exit(_USAGE)
    install_as_mlflow()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [CHILDREN, os.environ.get("PYTHONPATH")]))
    program = sys.modules["__main__"] = types.ModuleType("__main__")
    if how == "-m":
        sys.argv = arguments[1:]
        runpy._run_module_as_main(arguments[1])  # type: ignore[attr-defined]  # what ``python -m`` calls
    elif how == "-c":
        sys.argv = ["-c", *arguments[2:]]
        _execute(arguments[1], "<string>", program)
    elif how == "-":
        sys.argv = arguments
        _execute(sys.stdin.read(), "<stdin>", program)
    else:
        sys.argv = arguments
        _run_file(os.path.abspath(how), program)


def _run_file(path: str, program: types.ModuleType) -> None:
    is_bundle = os.path.isdir(path) or path.endswith((".zip", ".pyz"))
    if not sys.flags.safe_path:
        sys.path[0] = path if is_bundle else os.path.dirname(path)
    if is_bundle:
        runpy._run_module_as_main("__main__", alter_argv=False)  # type: ignore[attr-defined]  # as Python does
        return
    try:
        with open(path, "rb") as file:
            code = file.read()
    except OSError as error:
        sys.exit(f"{path} cannot be opened: {error.strerror}.")
    program.__file__ = path
    _execute(code, path, program)


def _execute(code: str | bytes, name: str, program: types.ModuleType) -> None:
    exec(compile(code, name, "exec", dont_inherit=True), vars(program))  # noqa: S102  # without our `from __future__`


if __name__ == "__main__":
    main()
