"""Conformance suites for those who implement a contract of this package. They need pytest.

May import everything; nothing of the package imports it.
"""
