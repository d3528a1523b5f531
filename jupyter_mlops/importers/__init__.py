"""Stores of other trackers, brought into ours: MLflow's SQLite databases and ``mlruns`` folders.

May import tracking and what is below it; the command line calls it.
"""
