"""The data behind each view, and the lasting HTML of it: the comm of a kernel and a server's route call the same function.

`requests.py` is the table of what can be asked, `actions.py` of what can be changed; `registry/` and `playground/` hold what
those views are made of, the rest is of runs. May import `charts`, `tracking`, `pyfunc` and below; used by `widgets`, `magics`
and `server`.
"""
