"""How often: a normal run is short, ``FAULTS=full`` is what a release asks for."""

import os

FULL = os.environ.get("FAULTS") == "full"
KILLS = 200 if FULL else 30
INTERRUPTS = 200 if FULL else 40
