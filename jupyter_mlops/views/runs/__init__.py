"""Runs as views have them: one in full, two apart, and lists of any length.

`details`, `differences` and `notebooks` are of single runs, `pages` and `grids` are read in parts by long tables; `infos`, `diffs`,
`tables` and `experiment_tables` are what magics show, as HTML and text. Called by name from `views/requests.py`, and by `magics`.
"""
