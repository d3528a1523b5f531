"""Where projects run: one file each, and the table of them."""
