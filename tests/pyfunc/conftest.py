"""What is run by another Python is no test of this one."""

collect_ignore = ["interop_models.py"]
