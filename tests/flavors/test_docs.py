"""The flavor of docs/flavors.md, run through the contract as the page says."""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent.parent


def test_the_pages_flavor_keeps_the_contract(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "flavors.md").read_text(), re.S)
    for block in blocks:
        (tmp_path / re.search(r"(\w+\.py)\"\"\"", block)[1]).write_text(block)
    shutil.copy(ROOT / "conftest.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_flavor.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
