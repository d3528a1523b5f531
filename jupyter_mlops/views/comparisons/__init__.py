"""Runs side by side, and how such a comparison stands.

`comparisons` is what a notebook keeps of it, `view_states` what its page says of itself, `saved_views` and `preferences` what is
found again. Used by `views/reports`, `views/requests.py` and `widgets/compare.py`.
"""
