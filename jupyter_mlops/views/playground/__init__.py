"""The playground of a model: its form, what a visitor gave, what the models answered, and pages that last.

`forms` says which fields there are, `inputs` and `files` read what was given, `contestants` are the models, `results` and
`what_ifs` ask them, `trials` is all of that for one playground, `pages` shows it without a kernel. No widget is known here;
`widgets/playground.py` calls it.
"""
