"""How values are written: numbers and times as people read them, tables of HTML and of text, bytes for pages, MIME bundles.

Every view, magic and widget writes by these; they know no view.
"""
