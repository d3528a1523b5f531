"""Views that talk back to Python, one file per widget; `links.py` is the road between a view on the page and its object.

May import `views` and below, traitlets and comm; users call `jupyter_mlops.compare`.
"""
