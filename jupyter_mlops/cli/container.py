"""What a container of ours starts: ``python3 -m jupyter_mlops.cli.container``, with the options of ``jupyter mlops models serve``."""

from __future__ import annotations

import sys

from jupyter_mlops.cli.main import main
from jupyter_mlops.serving.dockerfiles import MODEL_PLACE, PORT

__all__ = ["options"]


def options(given: list[str]) -> list[str]:
    """Words of the command line for those of a container; ``serve``, by which SageMaker says what it is for, is none.

    Examples
    --------
    >>> options(["--trust", "serve", "--workers", "2"])
    ['models', 'serve', '-m', '/opt/ml/model', '-h', '0.0.0.0', '-p', '8080', '--trust', '--workers', '2']
    """
    place = given.index("serve") if "serve" in given else len(given)
    own = ["models", "serve", "-m", MODEL_PLACE, "-h", "0.0.0.0", "-p", str(PORT)]  # noqa: S104 - of a container
    return [*own, *given[:place], *given[place + 1 :]]


if __name__ == "__main__":
    main(options(sys.argv[1:]))
