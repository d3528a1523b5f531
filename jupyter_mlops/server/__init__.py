"""Servers: the protocol as a table of endpoints without any web framework (`rest/`), and the hosts that serve it.

`jupyter.py` is the Jupyter Server extension; `asgi.py` is the stand-alone host, `guards.py` decides who may ask it and
`serving.py` runs it. May import `views` and below; the front end and clients call it.
"""
