"""Where a Chromium is: prints its path, or fails when there is none on the PATH."""

import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Path of the first browser found, None when only Playwright's own can be used."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


if __name__ == "__main__":
    print(chromium() or "no Chromium on the PATH")
    sys.exit(0 if chromium() else 1)
