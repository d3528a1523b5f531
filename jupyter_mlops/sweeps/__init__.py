"""Sweeps: one function, or one cell, once per trial, each trial a child run of the sweep's run.

`spaces.py` reads what is searched, `studies.py` asks Optuna which point comes next, `trials.py` runs one, `records.py` is a
sweep as the store has it, `sweeps.py` drives. May import `tracking` and below; Optuna only when a sweep begins.
"""
