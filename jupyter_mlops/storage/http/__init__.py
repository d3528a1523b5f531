"""The one HTTP client: who asks a tracking server, how long it is waited for, and what its errors are here.

`addresses.py` spells addresses and paths, `credentials.py` finds who asks, `clients.py` asks. Imports httpx late.
May import `locate`, `entities`, `errors`; used by `artifact_stores`, `remote`, `sync` and `importers`.
"""
