"""Runs made again: which cells a run was made of, a notebook of them, and that notebook executed elsewhere and compared.

Python is read into `events` (`statements`, `expressions`, `scopes`), `accounts` keep what names stand for, `slices` choose the cells
that a run depends on; `recordings` is what a run keeps of them. May import everything below; used by `magics` (which records cells),
`views` and `server` (which show a run as a notebook).
"""
