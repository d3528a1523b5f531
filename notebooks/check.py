"""What ``make test`` does with the notebooks: nbval executes them and compares every output with the one committed.

``python notebooks/check.py --write [NAME…]`` executes them, all or some, and writes their outputs instead.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from books import HERE, clean_environment, execute, make_kernel

from tests.environments import environment
from tests.programs import require_curl

# Their numbers depend on the machine: they must run to their end, but are not compared.
LAX = {"04_sweep.ipynb", "06_deep_learning.ipynb"}
# What is too heavy for the environment of the tests: these run with a Python of `tests.environments`.
ELSEWHERE = {"06_deep_learning.ipynb": "integrations"}


def main(wanted: list[str], write: bool) -> int:
    """Check or write the outputs of notebooks; of all of them when none is named."""
    require_curl()
    names = wanted or sorted(path.name for path in HERE.glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        clean_environment(folder, live=False)
        kernels = {name: make_kernel(folder, where, environment(where)) for name, where in ELSEWHERE.items() if name in names}
        if write:
            for name in names:
                shutil.copy(execute(name, _place(folder, name), kernels.get(name, "python3")), HERE / name)
            return 0
        for name in names:
            shutil.copy(HERE / name, _place(folder, name))
        here = [name for name in names if name not in kernels]
        return max(
            _check(folder, [name for name in here if name not in LAX], "--nbval"),
            _check(folder, [name for name in here if name in LAX], "--nbval-lax"),
            *(_check(folder, [name], "--nbval-lax", f"--nbval-kernel-name={kernel}") for name, kernel in kernels.items()),
        )


def _place(folder: Path, name: str) -> Path:
    """A folder of the notebook's own, so that none sees the runs of another."""
    place = folder / Path(name).stem
    for name in ("data", "projects"):
        shutil.copytree(HERE / name, place / name)
    return place


def _check(folder: Path, names: list[str], *how: str) -> int:
    # Away from the repository: its pytest settings are for the tests, not for notebooks.
    command = [sys.executable, "-m", "pytest", *how, "-q", *(f"{Path(name).stem}/{name}" for name in names)]
    return subprocess.run(command, cwd=folder, check=False).returncode if names else 0


if __name__ == "__main__":
    sys.exit(main([name for name in sys.argv[1:] if name != "--write"], "--write" in sys.argv))
