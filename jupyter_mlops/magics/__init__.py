"""IPython magics: ``%load_ext jupyter_mlops`` brings all of `extension.py`.

One file per magic: a table of its words and options (`options.py`) and a function, made a magic by `commands.py`; help, errors and
completion (`completions.py`) come from the table. `transformer.py` rewrites a tracked cell, `track.py` begins and ends its run
(`cells.py`), `cards.py` and `live.py` show it. May import everything below.
"""
