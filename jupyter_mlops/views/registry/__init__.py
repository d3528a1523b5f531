"""The registry as its views have it: models, versions, comparisons, histories, moves and lineages as plain dicts.

`frames`, `snapshots` and `tables` are the same for Python, for a notebook's file and for front ends without scripts. Called
by name from `views/requests.py`, and by `widgets/browse_models.py`.
"""
