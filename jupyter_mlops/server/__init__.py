"""Servers: the protocol as a table of endpoints without any web framework (`rest/`), and the hosts that serve it.

`jupyter.py` is the Jupyter Server extension. All other modules are the stand-alone host: `serving.py` runs it, `asgi.py` has its
routes, `connections.py`, `envelopes.py` and `guards.py` are what each request passes; `logins.py` (over `auth/`), `pages.py`,
`events.py` and `transfers.py` (in by `intakes`, out by `sendings`) are what it has beside the table. May import `views` and below;
the front end and clients call it, the command line starts it.
"""
