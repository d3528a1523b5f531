"""Care of a store's files: what is in them, checks and repairs, copies, exports, and what is removed for good.

May import tracking and what is below it; the command line calls it.
"""
