"""What an evaluation of a model found: read from the files of its run, as figures, tables and lasting HTML.

May import `views.files` and `views.formats`, and `charts`; called by `views.requests`, magics and the result's display.
"""
