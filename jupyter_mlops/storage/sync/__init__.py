"""What waits for a tracking server: the journal of a remote store is its outbox, and a thread in the background delivers it.

`outboxes.py` keeps records and files until they are delivered, `uploaders.py` delivers them, once each and in order.
May import `journal`, `http`, `locate` and what is below them; `remote` says how a kind of server is told.
"""
