"""The front end knows which version and which protocol it is of."""

import pathlib
import re

from jupyter_mlops.server.jupyter.protocols import PROTOCOL
from jupyter_mlops.version import __version__

PAGE = pathlib.Path(__file__).parents[3] / "labextension" / "src" / "lab" / "versions.ts"


def test_page_and_server_of_one_source_fit():
    text = PAGE.read_text()
    assert re.search(r"PROTOCOL = (\d+)", text)[1] == str(PROTOCOL)
    assert re.search(r"VERSION = '(.*)'", text)[1] == __version__
