"""The tests of `testing.stores`, one file for each part of a store's contract. May import what `testing` may."""
