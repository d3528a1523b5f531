"""What a store has, written for other software: the way back of `importers`.

May import `upkeep`'s peers below, such as `tracking` and `artifacts`; called by `cli`.
"""
