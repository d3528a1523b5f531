"""Sweeps: one function, or one cell, once per trial, each trial a child run of the sweep's run.

`spaces.py` reads what is searched, `studies.py` asks Optuna which point comes next, `trials.py` runs one, `records.py` is a
sweep as the store has it, `drivers.py` is one at work, `sweeps.py` what users call. May import `tracking` and below; Optuna only when a sweep begins.
"""
