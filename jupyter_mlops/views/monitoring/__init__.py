"""What a served model was asked, as a report with figures, tables and lasting HTML.

May import `monitoring`, `charts` and `views.formats`; called by `views.requests` and by `serving.monitors`.
"""
