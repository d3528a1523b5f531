"""Projects that other Pythons run are no tests of this one."""

collect_ignore = ["projects"]
