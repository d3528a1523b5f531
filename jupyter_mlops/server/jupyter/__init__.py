"""The Jupyter Server extension: the table of endpoints, artifacts and live events behind Jupyter's own log-in.

One kind of route a file, all of them `handlers.GuardedHandler`; what waits for a store does so in `threads`, never in Jupyter's
own loop. Knows no web framework but Tornado: what the stand-alone host does as well is in modules that know none.
"""

from jupyter_mlops.server.jupyter.extension import _load_jupyter_server_extension as _load_jupyter_server_extension
