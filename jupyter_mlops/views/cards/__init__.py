"""The card of a tracked cell: what it knows (`cards`), as HTML and text (`forms`), and all of it as one output (`bundles`).

Filled by `magics/cells`.
"""
