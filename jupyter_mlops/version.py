"""The version of the package, read by the build, by segment headers and by the server; and that of the MLflow it stands in for."""

__version__ = "0.1.0"
# Whose models' format and classic API these are. Of 3.x it has what is in 2.22 too: a library that finds 3 goes on to ask
# for logged models. What else libraries branch on (1.20, 1.30, 2.5, 2.8, 2.17) lies below.
MLFLOW_VERSION = "2.22.0"
