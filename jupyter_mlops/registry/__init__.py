"""Registered models: registration and the URIs that name a model.

May import `context` and `storage`; used by `tracking`, `models`, `server` and users.
"""
