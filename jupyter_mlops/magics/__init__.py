"""IPython magics: ``%load_ext jupyter_mlops`` brings ``%%track`` and ``%runs``.

`transformer.py` rewrites a tracked cell, `track.py` begins and ends its run, `live.py` shows it. One file per magic.
May import everything below; only `extension.py`, `track.py`, `live.py` and `runs.py` know IPython.
"""
