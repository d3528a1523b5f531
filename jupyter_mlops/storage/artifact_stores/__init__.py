"""Where artifacts lie: one small interface (`base.py`), one file per kind of place.

May import `storage.base` and below; used by `tracking`, `artifacts` and `models`.
"""
