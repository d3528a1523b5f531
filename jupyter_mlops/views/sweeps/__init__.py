"""A sweep in a notebook: how far it is and its best trials (`sweeps`), and its charts (`charts`)."""
