"""What ``make demo`` does: execute the quickstart, then print what it left in the store."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from books import clean_environment, execute

import jupyter_mlops as mlflow
from jupyter_mlops.views.formats.html import cell_text


def main(folder: Path) -> None:
    """Execute the quickstart in `folder` and print its leaderboard and registered model."""
    clean_environment(folder, live=True)
    print("Executing notebooks/01_quickstart.ipynb …", flush=True)
    execute("01_quickstart.ipynb", folder)
    mlflow.set_tracking_uri(folder / "mlops.duckdb")
    runs = mlflow.search_runs(
        experiment_names=["wine"], order_by=["metrics.accuracy DESC", "metrics.f1 DESC"], output_format="list"
    )
    print(f"\nLeaderboard of {len(runs)} runs in {folder / 'mlops.duckdb'}\n")
    print(f"  {'run':<30} {'accuracy':>8} {'f1':>6}  status")
    for run in runs:
        accuracy, f1 = (cell_text(run.data.metrics.get(key)) for key in ("accuracy", "f1"))
        print(f"  {run.info.run_name:<30} {accuracy:>8} {f1:>6}  {run.info.status.lower()}")
    print("\nRegistered models\n")
    for model in mlflow.search_registered_models():
        for version in model.latest_versions:
            aliases = "".join(f" @{alias}" for alias in version.aliases)
            print(f"  {model.name} version {version.version}: {version.current_stage}{aliases}")
    print("\nOpen it in JupyterLab:  make lab")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
