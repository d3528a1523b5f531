"""IPython magics: ``%load_ext jupyter_mlops`` brings all of `extension.py`.

One file per magic: a table of its words and options and a function, made a magic by `lines/`; help, errors and completion come from
the table. What a tracked cell goes through is in `cells/`. May import everything below.
"""
