"""The card of a tracked cell: what it knows (`cards`), as HTML and text (`forms`), and all of it as one output (`bundles`); that of a served model (`served`).

Filled by `magics/cells`.
"""
