"""``jupyter mlops store …``: care of a store's files. One file per command; the work is done in `upkeep`."""
