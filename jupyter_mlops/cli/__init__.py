"""The command line, ``jupyter mlops`` (or ``jupyter-mlops``, which starts faster): one file per command.

A command reads options, calls one function of the folders below, and prints. `main` is the table of commands; nothing
here is imported before its command is asked for.
"""
