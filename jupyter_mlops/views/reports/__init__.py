"""Reports: a comparison frozen to Markdown, to HTML and to a picture.

`reports` puts together what `tables` and `charts` write of a comparison, `pages` makes HTML of it. The top of the views: may import
all others.
"""
