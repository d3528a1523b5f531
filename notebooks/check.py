"""What ``make test`` does with the notebooks: nbval executes them and compares every output with the one committed.

``python notebooks/check.py --write`` executes them and writes their outputs instead.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from books import HERE, clean_environment, execute


def main(write: bool) -> int:
    """Check or write the outputs of all notebooks."""
    names = sorted(path.name for path in HERE.glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        clean_environment(folder, live=False)
        for name in names:
            if write:
                shutil.copy(execute(name, folder), HERE / name)
            else:
                shutil.copy(HERE / name, folder)
        if write:
            return 0
        # Away from the repository: its pytest settings are for the tests, not for notebooks.
        return subprocess.run(
            [sys.executable, "-m", "pytest", "--nbval", "-q", *names], cwd=folder, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv))
