"""What happens to a cell that is tracked or swept, from its first line to its end.

`transformer` rewrites it, `tracked_cells` begins and ends its run, `swept_cells` runs it once per trial; `watches`, `machines` and
`outputs` follow it, `cards` and `live` show it. Told what to do by `magics/track.py` and `magics/sweep.py`; knows no magic.
"""
