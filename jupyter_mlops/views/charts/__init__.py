"""The data behind the charts of a comparison: a file for each kind.

Each view takes a `RunQuery`, the same that the table has, and answers with ``figure`` (Plotly's JSON), ``numbers`` (``columns`` and
``rows``, the same in text), ``fields`` (what else could be drawn) and ``chosen`` (what is drawn where the question left it open).
"""
