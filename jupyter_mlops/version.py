"""The version of the package, read by the build, by segment headers and by the server."""

__version__ = "0.1.0"
