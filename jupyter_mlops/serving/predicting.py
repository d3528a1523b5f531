"""The process that predicts in an environment of a model's own: ``python -m jupyter_mlops.serving.predicting CALL SAID``, names of files."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

import msgspec

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.serving.batches import predict_file
from jupyter_mlops.serving.predictions import Call, Said, predict_here

__all__ = ["main"]

_FUNCTIONS: dict[str, Callable[..., int | None]] = {"predict_file": predict_file, "predict_here": predict_here}


def main() -> int:
    """Do what the first file says, and write to the other one what came of it."""
    with open(sys.argv[1], "rb") as file:
        call = msgspec.json.decode(file.read(), type=Call)
    try:
        said = Said(_FUNCTIONS[call.name](**call.arguments) or 0)
    except (MlflowException, OSError) as error:
        name = type(error).__name__
        said = Said(error=str(error) or name, kind=name, code=getattr(error, "error_code", "INTERNAL_ERROR"))
    except Exception as error:  # of the model's code
        traceback.print_exc()
        said = Said(error=f"{type(error).__name__}: {error}", code="INTERNAL_ERROR")
    with open(sys.argv[2], "wb") as file:
        file.write(msgspec.json.encode(said))
    return int(bool(said.error))


if __name__ == "__main__":
    sys.exit(main())
