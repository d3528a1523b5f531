"""The protocol: pure functions from a request to an answer, one module a resource, all of them in `endpoints.py`.

A new endpoint is a line in the ``ENDPOINTS`` of its resource: a body, a function, and who may ask. `files`, `arrivals`, `departures`
and `multiparts` are artifacts on their way, which hosts ask for by routes of their own.
"""
