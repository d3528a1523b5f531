"""Servers: the protocol as a table of endpoints without any web framework (`rest/`), and the hosts that serve it.

`jupyter.py` is the Jupyter Server extension. May import `views` and below; the front end and clients call it.
"""
