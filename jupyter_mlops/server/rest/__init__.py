"""The protocol: pure functions from a request to an answer, one module a resource, all of them in `endpoints.py`."""
