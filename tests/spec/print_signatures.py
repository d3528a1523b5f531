"""The public functions of a package and how they are called: run by MLflow's Python and by ours.

Prints one JSON object: by name, the parameters as [name, kind, default].
"""

import importlib
import inspect
import json
import sys
import warnings


def signature(function):
    return [
        [p.name, p.kind.name, None if p.default is p.empty else repr(p.default)]
        for p in inspect.signature(function).parameters.values()
        if p.name != "self"
    ]


def signatures(package):
    root, artifacts, data = (importlib.import_module(package + part) for part in ("", ".artifacts", ".data"))
    holders = {"": root, "artifacts.": artifacts, "data.": data, "client.": root.MlflowClient}
    found = {"client": signature(root.MlflowClient)}
    for prefix, holder in holders.items():
        for name in dir(holder):
            value = None if name.startswith("_") else getattr(holder, name)
            if inspect.isroutine(value) and value.__module__.startswith(package):
                found[prefix + name] = signature(value)
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print("\n" + json.dumps(signatures(sys.argv[1])))
