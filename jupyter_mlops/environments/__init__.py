"""Python environments, each made once per content and kept in the user's cache: virtualenv, uv, conda, or the one that runs; engines of containers.

May import `storage` (progress bars), `types` (YAML), `entities` and `errors`. Called by `projects` and what lies above.
"""
