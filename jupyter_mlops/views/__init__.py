"""The data behind each view, and the lasting HTML of it: the comm of a kernel and a server's route call the same function.

`requests.py` is the table of what can be asked, `actions.py` of what can be changed. A folder each for what is looked at: `runs/`,
`cards/`, `charts/`, `sweeps/`, `comparisons/`, `registry/` and `playground/`; `reports/` are made of these, `formats/` is how all of
them write. May import `charts`, `tracking`, `pyfunc` and below; used by `widgets`, `magics` and `server`.
"""
