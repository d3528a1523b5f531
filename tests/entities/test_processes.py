"""Processes that are started for somebody."""

import os
import pathlib
import subprocess
import sys

from jupyter_mlops.entities.processes import module_command


def test_modules_of_the_current_folder_are_imported_only_where_this_process_does(monkeypatch):
    pathlib.Path("planted.py").write_text("print('planted')")
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one not in ("", os.getcwd())])
    done = subprocess.run(module_command(sys.executable, "planted"), capture_output=True, text=True, check=False)
    assert (done.stdout, "No module named planted" in done.stderr) == ("", True)
    monkeypatch.syspath_prepend("")  # as in a notebook
    assert subprocess.run(module_command(sys.executable, "planted"), capture_output=True, text=True, check=True).stdout == "planted\n"
