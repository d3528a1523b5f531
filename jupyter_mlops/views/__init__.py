"""The data behind each view, and the lasting HTML of it: the comm of a kernel and a server's route call the same function.

`requests.py` is the table of what can be asked. May import `charts`, `tracking` and below; used by `widgets`, `magics` and
`server`.
"""
