"""Programs that tests and notebooks need, and that not every machine has."""

import os
import shutil
import subprocess

__all__ = ["require_curl"]


def require_curl():
    """Install curl where it is not."""
    if not shutil.which("curl"):
        root_do = [] if os.getuid() == 0 else ["sudo"]
        for words in (["update", "-q"], ["install", "-y", "-q", "curl"]):
            subprocess.run([*root_do, "apt-get", *words], capture_output=True, check=True)
