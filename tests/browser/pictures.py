"""Pictures of what a test sees, for people to look at, where MLOPS_SCREENSHOTS names a folder."""

import os
from pathlib import Path

FOLDER = os.environ.get("MLOPS_SCREENSHOTS")


def take(what, name, **options):
    """A picture of a page or of a part of it."""
    if FOLDER:
        what.screenshot(path=Path(FOLDER, f"{name}.png").absolute(), **options)
