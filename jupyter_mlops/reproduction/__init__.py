"""Runs made again: which cells a run was made of, a notebook of them, and that notebook executed elsewhere and compared.

`names.py` and `slices.py` read Python and choose the cells that a run depends on; `recordings.py` is what a run keeps of them.
May import everything below; used by `magics` (which records cells), `views` and `server` (which show a run as a notebook).
"""
