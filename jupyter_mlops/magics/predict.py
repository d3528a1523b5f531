"""``%predict MODEL_URI [DATAFRAME] [--challenger URI]``: a playground of a model."""

from __future__ import annotations

from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.widgets.playground import Playground, playground

__all__ = ["predict"]

_USAGE = Usage(
    "%predict",
    "Try a model by hand: %predict models:/churn@champion.",
    Words(
        "MODEL_URI [DATAFRAME]", "such as models:/churn@champion; the rows of DATAFRAME, a variable, are predicted",
        least=1, most=2, names=("model_uris", "variables"),
    ),
    Option("--challenger", "a second model that is asked the same", "URI", names="model_uris"),
)  # fmt: skip


@command(_USAGE, expands=False)
def predict(given: Given) -> Playground:
    """Try a model by hand, see `jupyter_mlops.playground`."""
    data = None
    if len(given.words) == 2:
        if given.words[1] not in given.variables:
            _USAGE.refuse(f"there is no variable {given.words[1]!r}")
        data = given.variables[given.words[1]]
    return playground(given.words[0], given.challenger, data)
