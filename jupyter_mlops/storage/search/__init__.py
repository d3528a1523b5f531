"""What a search asks for: from the text of a filter and an ``order_by`` to one SQL query that returns ids.

`subjects.py` says what may be asked of runs, experiments, models and versions; `filters.py` and `orders.py` read text,
`trees.py` holds what was read, `fields.py` and `clauses.py` check its parts; `tables.py` says where things lie,
`conditions.py`, `answers.py` and `queries.py` write SQL with bound parameters, `pages.py` cuts results. May import
`entities`, `types`, `errors` and lark; used by `storage/duckdb`, which runs the queries.
"""
