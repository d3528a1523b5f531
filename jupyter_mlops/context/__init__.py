"""Who and where a run comes from, one provider per file; each returns tags and never raises.

May import `entities` and `errors`; used by `tracking` when a run starts.
"""
