"""A store whose runs have all that the page of a run shows, and what it must not fall for."""

FILL_RUN = r'''
import json, math, os, sys, warnings
import pandas as pd
import jupyter_mlops as mlflow
from sklearn.datasets import load_wine
from sklearn.tree import DecisionTreeClassifier
from jupyter_mlops.storage.duckdb.tables import write_parquet
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store

ELSEWHERE = sys.argv[2]
EVIL = f"<script>window.hacked=1;parent.hacked=1;fetch('{ELSEWHERE}/x')</script><img src={ELSEWHERE}/y onerror='parent.hacked=1'>"
mlflow.set_tracking_uri(sys.argv[1])
os.chdir(os.path.dirname(sys.argv[1]))
client = mlflow.MlflowClient()
mlflow.set_experiment("wine")
data = load_wine(as_frame=True)
X, y = data.data, data.target


def put(run, text, path):
    put_text((current_store(), run.info.run_id), text, path)


with mlflow.start_run(run_name="former") as former:
    mlflow.log_params({"max_depth": 2, "criterion": "gini"})
client.set_tag(former.info.run_id, "jupyter_mlops.cell_id", "c7")
client.set_tag(former.info.run_id, "jupyter_mlops.packages", "pandas==2.1.0\nscikit-learn==1.4.0")
put(former, "fit(depth=2)\n", "cell/source.py")

with mlflow.start_run(run_name="search") as parent:
    with mlflow.start_run(run_name="boosted tree", nested=True, description="# Why\nA **first** try with *deep* trees.") as run:
        mlflow.log_params({"max_depth": 5, "criterion": "entropy", "learning_rate": 0.1, "features": ", ".join(X.columns)})
        for step in range(60):
            mlflow.log_metrics({
                "train_loss": math.exp(-step / 20) + math.sin(step * 7) / 30, "val_loss": math.exp(-step / 25) + 0.1 + math.cos(step * 5) / 20,
                "eval/accuracy": 1 - math.exp(-step / 12) / 2, "eval/f1": 0.95 - math.exp(-step / 14) / 2, "lr": 0.1 * 0.95**step,
                "system/cpu_utilization_percentage": 60 + 20 * math.sin(step / 3), "system/system_memory_usage_percentage": 40 + step / 4,
            }, step=step)
        mlflow.log_metric("score", 0.93)
        mlflow.set_tags({"team": "cellar", "stage": "draft"})
        mlflow.alert("loss is high", "at step 3")
        mlflow.log_input(mlflow.data.from_pandas(X, name="wine"), context="training")
        model = DecisionTreeClassifier(max_depth=5, random_state=0).fit(X, y)
        info = mlflow.sklearn.log_model(model, name="model", input_example=X[:2])
        for number in range(3):
            with mlflow.start_run(run_name=f"fold {number}", nested=True):
                mlflow.log_metric("score", 0.9 + number / 100)
mlflow.register_model(info.model_uri, "wine")
client.transition_model_version_stage("wine", "1", "Staging")
client.set_registered_model_alias("wine", "champion", "1")
run_id = run.info.run_id
client.set_tag(run_id, "jupyter_mlops.cell_id", "c7")
client.set_tag(run_id, "jupyter_mlops.packages", "\n".join(f"package-{n}==1.{n}" for n in range(120)) + "\npandas==2.2.0\nscikit-learn==1.5.0")
client.set_tag(run_id, "jupyter_mlops.hidden_state", "X: cell [4] was edited since")
client.set_tag(run_id, "mlflow.source.git.commit", "4f2a9c1d0b")
cells = [
    {"source": "import pandas as pd\nfrom sklearn.tree import DecisionTreeClassifier", "count": 1},
    {"source": "X = pd.read_csv('wine.csv')", "count": 4}, {"source": "%%track boosted tree\nfit(depth=5)\n", "cell_id": "c7", "count": 9},
]
put(run, json.dumps({"cells": cells, "hidden": [{"names": ["X"], "why": "cell [4] was edited since"}]}), "cell/slice.json")
put(run, "diff --git a/a.py b/a.py\n@@ -1 +1 @@\n-depth = 2\n+depth = 5\n", "source/git.diff")
put(run, "begin\n" + "".join(f"epoch {n} \x1b[32mok\x1b[0m loss={math.exp(-n / 900):.4f}\n" for n in range(3000)) + "\x1b[1;31mwarning\x1b[0m: <b>slow</b>\n", "cell/stdout.txt")
put(run, "UserWarning: deprecated\n", "cell/stderr.txt")
write_parquet(X.assign(row=range(len(X))), "wine.parquet")
mlflow.MlflowClient().log_artifact(run_id, "wine.parquet", "data")
put(run, X.to_csv(index=False), "data/wine.csv")
put(run, json.dumps({"folds": [1, 2, 3], "big": 12345678901234567890}), "config.json")
put(run, f"# Report\n\nAll **well**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n{EVIL}", "report.md")
put(run, f"<h1>Page</h1><style>h1{{color:teal}}</style>{EVIL}", "page.html")
put(run, f"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20' fill='teal'/><script>window.hacked=1;parent.hacked=1</script></svg>", "plot.svg")
put(run, "".join(f"line {n}\n" for n in range(60_000)), "long.txt")
put(run, "a\0b", "weights.bin")
put(run, "text", "<img src=x onerror=window.hacked=1>.txt")
book = {"cells": [
    {"cell_type": "markdown", "source": f"# Notebook\n{EVIL}"},
    {"cell_type": "code", "source": "df.head()", "execution_count": 2, "outputs": [
        {"output_type": "stream", "name": "stdout", "text": "loading \x1b[34mwine\x1b[0m\n"},
        {"output_type": "execute_result", "data": {"text/html": f"<table><tr><th>a</th></tr><tr><td>1</td></tr></table>{EVIL}"}},
        {"output_type": "display_data", "data": {"application/javascript": "window.hacked=1"}},
        {"output_type": "display_data", "data": {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='parent.hacked=1'><rect width='9' height='9'/></svg>"}},
        {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": ["\x1b[31mValueError\x1b[0m: x"]}]},
], "metadata": {}}
put(run, json.dumps(book), "book.ipynb")

mlflow.set_experiment("large")
with mlflow.start_run(run_name="many") as many:
    for step in range(3):
        mlflow.log_metrics({f"layer{n % 25}/weight {n}": n * step for n in range(1000)}, step=step)
folder = os.path.join(many.info.artifact_uri, "parts")
os.makedirs(folder)
for n in range(10_000):
    with open(os.path.join(folder, f"part-{n:05}.txt"), "w") as file:
        file.write("x")
with mlflow.start_run(run_name="bare"):
    pass
print(json.dumps({"run": run_id, "former": former.info.run_id, "many": many.info.run_id, "parent": parent.info.run_id, "bare": mlflow.last_active_run().info.run_id}))
'''
