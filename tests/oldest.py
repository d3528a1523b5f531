"""Print what installs the oldest packages that the project says it works with: the floor of each of its dependencies."""

import pathlib
import re
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
# What comes along with the oldest scikit-learn, from its time; and what the tests need in any version.
BESIDES = [
    "scipy==1.13.*", "lightgbm==4.5.*", "xgboost-cpu==2.1.*", "matplotlib", "hypothesis", "nbclient", "nbconvert", "pytest",
    "pytest-benchmark",
]  # fmt: skip


def floors(dependencies):
    """``name==X.Y.*`` for each ``name>=X.Y``.

    >>> list(floors(["duckdb>=1.5,<3", "plotly>=6"]))
    ['duckdb==1.5.*', 'plotly==6.0.*']
    """
    for dependency in dependencies:
        name, floor = re.match(r"([\w\-\[\]]+)>=([\d.]+)", dependency).groups()
        yield f"{name}=={floor if '.' in floor else floor + '.0'}.*"


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    print("\n".join([*floors(project["dependencies"]), *BESIDES]))
