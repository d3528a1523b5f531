"""The guide's code as it stands there, with what has to be there before and what is looked at afterwards.

Only names of files, runs and functions that the guide takes for granted are in `before`; a line that is not the guide's
ends in ``# not the guide's``.
"""

from typing import NamedTuple


class Block(NamedTuple):
    """Code that prepares, the guide's code, and an expression of what came out that SQL does not tell."""

    before: str
    code: str
    shown: str = "None"


FILES = """
import os, pathlib
import numpy as np
import matplotlib.figure
pathlib.Path("model.pkl").write_bytes(b"weights")
pathlib.Path("plot.png").write_bytes(b"pixels")
pathlib.Path("local_path").write_text("anything")
os.makedirs("outputs/deep", exist_ok=True)
pathlib.Path("outputs/a.txt").write_text("a")
pathlib.Path("outputs/deep/b.txt").write_text("b")
config = {"lr": 0.01, "layers": [1, 2]}
fig = matplotlib.figure.Figure()
fig.add_subplot().plot([1, 2])
image = np.zeros((4, 4, 3), dtype=np.uint8)
"""
MODEL = """
import numpy as np
from sklearn.linear_model import LogisticRegression
X_train, y_train = np.arange(20.0).reshape(10, 2), [0, 1] * 5
data = X_train[:2]
model = LogisticRegression().fit(X_train, y_train)
"""
# A run whose id the guide's URIs name as it stands there: no client of MLflow can choose one.
REGISTERED = MODEL + """
from jupyter_mlops.storage.opened import open_store
open_store().create_run("0", "the guide's", "ann", 0, {{}}, owned=False, run_id="run_id")
with mlflow.start_run(run_id="run_id"):
    mlflow.sklearn.log_model(model, "model")
for _ in range({versions}):
    mlflow.register_model("runs:/run_id/model", "my_model")
"""
RUNS = """
for number, (name, params, metrics, tags) in enumerate([
    ("experiment_1", {"model": "RandomForest", "learning_rate": 0.001}, {"accuracy": 0.97, "loss": 0.05, "f1": 0.8}, {"team": "ml_team"}),
    ("experiment_2", {"model": "XGBoost", "learning_rate": 1e-3}, {"accuracy": 0.92, "loss": 0.2, "f1": 0.9}, {"environment": "production"}),
    ("other", {"model": "RandomForest", "learning_rate": "0.1"}, {"accuracy": 0.88, "loss": 0.4}, {"team": "ML_TEAM"}),
    ("last", {"model": "RandomForest", "learning_rate": "adaptive"}, {"accuracy": 0.5}, {}),
]):
    with mlflow.start_run(run_name=name, tags=tags):
        mlflow.log_params(params)
        mlflow.log_metrics(metrics)
"""
FOUND = """{text: sorted(mlflow.search_runs(search_all_experiments=True, filter_string=text)["tags.mlflow.runName"]) for text in filters}"""

PROJECT = """
import os, pathlib, subprocess
pathlib.Path("MLproject").write_text('''
name: My_Project

conda_env: conda.yaml

entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.5}
      l1_ratio: {type: float, default: 0.1}
    command: "python train.py --alpha {alpha} --l1-ratio {l1_ratio}"

  validate:
    parameters:
      model_path: path
    command: "python validate.py --model-path {model_path}"
''')
pathlib.Path("conda.yaml").write_text("dependencies: [python, pip]")
pathlib.Path("train.py").write_text("import os, sys; open(os.environ['MLFLOW_RUN_ID'] + '.txt', 'w').write(' '.join(sys.argv[1:]))")
pathlib.Path("validate.py").write_text(pathlib.Path("train.py").read_text())
pathlib.Path("path").write_text("a model")
"""
# What lies at the guide's address is nobody's project: git is told to look elsewhere.
REPOSITORY = """
repository = pathlib.Path("repository").absolute()
os.environ |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{repository}.insteadOf", "GIT_CONFIG_VALUE_0": "https://github.com/user/repo"}
os.makedirs(repository)
(repository / "MLproject").write_text("entry_points: {main: {command: 'true'}}")
for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "commit", "-q", "-m", "one"]):
    subprocess.run(["git", *arguments], cwd=repository, check=True)
"""

BLOCKS = {
    "3.1": Block(FILES, """
import mlflow

with mlflow.start_run(run_name="my_run"):
    mlflow.log_param("learning_rate", 0.01)
    mlflow.log_metric("accuracy", 0.95)
    mlflow.log_artifact("model.pkl")
"""),
    "3.2": Block(FILES, """
mlflow.start_run(run_name="test")
mlflow.log_param("epochs", 100)
mlflow.log_params({"lr": 0.01, "batch": 32})
mlflow.log_metric("loss", 0.5, step=1)
mlflow.log_metrics({"acc": 0.9, "f1": 0.85})
mlflow.log_artifact("plot.png")
mlflow.log_artifacts("outputs/")
mlflow.log_dict(config, "config.json")
mlflow.log_text("info", "log.txt")
mlflow.log_figure(fig, "plot.png")
mlflow.log_image(image, "img.png")
mlflow.set_tag("model_type", "RF")
mlflow.set_tags({"team": "ds", "version": "v1"})
mlflow.end_run()
"""),
    "3.3": Block("""
with mlflow.start_run(run_name="known") as before:
    run_id = before.info.run_id
mlflow.create_experiment("the first")
""", """
# Start run with options
run = mlflow.start_run(run_name="my_run", experiment_id="1", nested=True)

# Get active run
active_run = mlflow.active_run()

# Get run details
run_data = mlflow.get_run(run_id)

mlflow.end_run()  # not the guide's
# Nested runs
with mlflow.start_run():
    with mlflow.start_run(nested=True):
        # Child run
        pass
""", "[active_run.info.run_id == run.info.run_id, run_data.info.run_name]"),
    "3.4": Block('experiment_id = mlflow.create_experiment("gone and back")', """
# Create experiment
exp_id = mlflow.create_experiment(
    "my_exp",
    artifact_location="s3://bucket",
    tags={"version": "1.0"}
)

# Get experiment
exp = mlflow.get_experiment(experiment_id)
exp = mlflow.get_experiment_by_name("my_exp")

# List experiments
experiments = mlflow.search_experiments()

# Set experiment
mlflow.set_experiment("experiment_name")

# Delete/Restore
mlflow.delete_experiment(experiment_id)
deleted = mlflow.get_experiment(experiment_id).lifecycle_stage  # not the guide's
mlflow.restore_experiment(experiment_id)
mlflow.start_run(); mlflow.end_run()  # not the guide's
""", "[exp_id, exp.experiment_id, exp.artifact_location, exp.tags, [e.name for e in experiments], deleted]"),
    "3.5": Block("mlflow.set_experiment('one')\n" + RUNS + "mlflow.set_experiment('two')\n" + RUNS, """
# Search runs
runs = mlflow.search_runs(
    experiment_ids=["1", "2"],
    filter_string="metrics.accuracy > 0.9",
    order_by=["metrics.accuracy DESC"],
    max_results=10
)
""", 'runs[["experiment_id", "metrics.accuracy", "params.model"]].values.tolist()'),
    "3.5 filters": Block(RUNS + "filters = [", """
# Filter examples
"metrics.accuracy > 0.9",
"params.model = 'RandomForest' and metrics.accuracy > 0.85",
"tags.team = 'ml_team'",
"attributes.status = 'FINISHED'",
]
""", FOUND),
    "4.2": Block(PROJECT + REPOSITORY, """
import mlflow

# Run local project
mlflow.run(
    ".",
    parameters={"alpha": 0.5, "l1_ratio": 0.1},
    experiment_name="my_experiment"
)

# Run from Git
mlflow.run(
    "https://github.com/user/repo",
    version="main",
    parameters={"param": "value"}
)

# Run specific entry point
mlflow.run(".", entry_point="validate", parameters={"model_path": "path"})
""", "sorted(path.read_text() for path in pathlib.Path('.').glob('*.txt'))"),
    "5.2 scikit-learn": Block(MODEL + """
from mlflow.models import infer_signature
signature = infer_signature(X_train, model.predict(X_train))
mlflow.start_run()
""", """
import mlflow.sklearn

mlflow.sklearn.log_model(
    sk_model=model,
    artifact_path="model",
    signature=signature,
    input_example=X_train[:5]
)

# Save model
mlflow.sklearn.save_model(model, "path/to/model")

# Load model
run_id = mlflow.active_run().info.run_id  # not the guide's
loaded_model = mlflow.sklearn.load_model(f"runs:/{run_id}/model")  # not the guide's: it has no f
saved_model = mlflow.sklearn.load_model("path/to/model")  # not the guide's
mlflow.end_run()  # not the guide's
""", "[m.predict(X_train).tolist() == model.predict(X_train).tolist() for m in (loaded_model, saved_model)]"),
    "5.2 custom": Block(MODEL + """
import os, pathlib, pickle
os.makedirs("local/path/to")
pathlib.Path("local/path/to/model.pkl").write_bytes(pickle.dumps(model))
mlflow.start_run()
""", """
import mlflow.pyfunc

class CustomModel(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        import pickle
        self.model = pickle.load(open(context.artifacts["model_path"], "rb"))

    def predict(self, context, model_input):
        return self.model.predict(model_input)

mlflow.pyfunc.log_model(
    artifact_path="model",
    python_model=CustomModel(),
    artifacts={"model_path": "local/path/to/model.pkl"}
)
run_id = mlflow.active_run().info.run_id  # not the guide's
mlflow.end_run()  # not the guide's
os.remove("local/path/to/model.pkl")  # not the guide's: the model has a copy of its own
""", """mlflow.pyfunc.load_model(f"runs:/{run_id}/model").predict(X_train).tolist() == model.predict(X_train).tolist()"""),
    "5.3": Block(MODEL + "mlflow.start_run()\n", """
from mlflow.models import infer_signature, ModelSignature
from mlflow.types.schema import Schema, ColSpec

# Infer signature automatically
signature = infer_signature(X_train, model.predict(X_train))
inferred = signature  # not the guide's

# Define signature manually
input_schema = Schema([
    ColSpec("double", "feature1"),
    ColSpec("double", "feature2")
])
output_schema = Schema([ColSpec("long")])
signature = ModelSignature(inputs=input_schema, outputs=output_schema)

# Log with signature
mlflow.sklearn.log_model(model, "model", signature=signature)
logged = mlflow.models.get_model_info(f"runs:/{mlflow.active_run().info.run_id}/model").signature  # not the guide's
mlflow.end_run()  # not the guide's
""", "[str(inferred.inputs), str(inferred.outputs), str(logged.inputs), str(logged.outputs)]"),
    "5.4": Block(MODEL + """
with mlflow.start_run() as run:
    mlflow.sklearn.log_model(model, "model", registered_model_name="model_name")
mlflow.MlflowClient().transition_model_version_stage("model_name", "1", "Production")
run_id, version, predicted = run.info.run_id, 1, []
""", """
# Load as Python function
model = mlflow.pyfunc.load_model(f"runs:/{run_id}/model")  # not the guide's: it has no f
predicted.append(model.predict(data).tolist())  # not the guide's
model = mlflow.pyfunc.load_model(f"models:/model_name/{version}")  # not the guide's: it has no f
predicted.append(model.predict(data).tolist())  # not the guide's
model = mlflow.pyfunc.load_model("models:/model_name/Production")

# Load native format
sklearn_model = mlflow.sklearn.load_model(f"runs:/{run_id}/model")  # not the guide's: it has no f

# Make predictions
predictions = model.predict(data)
""", "[*predicted, sklearn_model.predict(data).tolist(), predictions.tolist()]"),
    "6.1": Block(REGISTERED.format(versions=0), """
# Register during logging
mlflow.start_run()  # not the guide's
mlflow.sklearn.log_model(
    model,
    "model",
    registered_model_name="my_model"
)
mlflow.end_run()  # not the guide's

# Register existing run
result = mlflow.register_model(
    model_uri="runs:/run_id/model",
    name="my_model"
)

# Using client
from mlflow import MlflowClient
client = MlflowClient()
client.rename_registered_model("my_model", "first")  # not the guide's: the name is taken by now
client.create_registered_model(
    name="my_model",
    tags={"task": "classification"},
    description="My classification model"
)
""", "[result.name, result.version, result.run_id, result.current_stage, result.status]"),
    "6.2": Block(REGISTERED.format(versions=0) + """
from mlflow import MlflowClient
MlflowClient().create_registered_model("my_model")
""", """
client = MlflowClient()

# Create model version
version = client.create_model_version(
    name="my_model",
    source="runs:/run_id/model",
    run_id="run_id"
)

# Get model version
version = client.get_model_version(name="my_model", version="1")
loaded = mlflow.pyfunc.load_model("models:/my_model/1").predict(X_train).tolist()  # not the guide's

# Update model version
client.update_model_version(
    name="my_model",
    version="1",
    description="Updated description"
)

# Search model versions
versions = client.search_model_versions("name='my_model'")

# Delete model version
client.delete_model_version(name="my_model", version="1")
""", """[version.source, version.run_id, [(v.version, v.description) for v in versions], loaded == model.predict(X_train).tolist()]"""),
    "6.3": Block(REGISTERED.format(versions=2) + """
from mlflow import MlflowClient
client = MlflowClient()
client.transition_model_version_stage("my_model", "2", "Staging")
loaded = []
""", """
# Transition model to stage
client.transition_model_version_stage(
    name="my_model",
    version="1",
    stage="Production"
)

# Available stages: None, Staging, Production, Archived

# Load model by stage
model = mlflow.pyfunc.load_model("models:/my_model/Production")
loaded.append(model.predict(data).tolist())  # not the guide's
model = mlflow.pyfunc.load_model("models:/my_model/Staging")
loaded.append(model.predict(data).tolist())  # not the guide's
""", """[loaded, client.get_model_version_stages("my_model", "1")]"""),
    "6.4": Block(REGISTERED.format(versions=3) + """
from mlflow import MlflowClient
client = MlflowClient()
""", """
# Set alias
client.set_registered_model_alias(
    name="my_model",
    alias="champion",
    version="3"
)

# Get model by alias
client.get_model_version_by_alias(name="my_model", alias="champion")
champion = client.get_model_version_by_alias(name="my_model", alias="champion")  # not the guide's

# Load model by alias
model = mlflow.pyfunc.load_model("models:/my_model@champion")

# Delete alias
client.delete_registered_model_alias(name="my_model", alias="champion")
""", """[champion.version, champion.aliases, model.predict(data).tolist(), client.get_registered_model("my_model").aliases]"""),
    "6.5": Block(REGISTERED.format(versions=1) + """
from mlflow import MlflowClient
client = MlflowClient()
""", """
# Add tags to model version
client.set_model_version_tag(
    name="my_model",
    version="1",
    key="validation_status",
    value="approved"
)

# Add tags to registered model
client.set_registered_model_tag(
    name="my_model",
    key="task",
    value="classification"
)

# Get registered model
model = client.get_registered_model("my_model")

# Update registered model
client.update_registered_model(
    name="my_model",
    description="Updated description"
)

# Rename registered model
client.rename_registered_model(
    name="my_model",
    new_name="my_model_v2"
)
""", "[model.name, model.tags, [v.tags for v in model.latest_versions]]"),
    "7.1": Block(FILES + """
experiment_id = mlflow.create_experiment("the first")
run_id = mlflow.MlflowClient().create_run(experiment_id).info.run_id
better = mlflow.MlflowClient().create_run(experiment_id).info.run_id
for id_, rmse in [(run_id, 0.8), (better, 0.7), (mlflow.MlflowClient().create_run(experiment_id).info.run_id, 0.95)]:
    mlflow.MlflowClient().log_metric(id_, "rmse", rmse)
value = 0.5
""", """
from mlflow import MlflowClient

client = MlflowClient()

# Run operations
run = client.get_run(run_id)
client.log_param(run_id, "param", value)
client.log_metric(run_id, "metric", value)
client.set_tag(run_id, "tag", value)
client.log_artifact(run_id, "local_path")

# Experiment operations
experiment = client.get_experiment(experiment_id)
experiments = client.search_experiments()
client.create_experiment("name")

# Search runs
runs = client.search_runs(
    experiment_ids=["1"],
    filter_string="metrics.rmse < 0.9",
    order_by=["metrics.rmse ASC"]
)
""", "[experiment.name, sorted(e.name for e in experiments), [r.info.run_id for r in runs] == [better, run_id]]"),
    "7.2": Block("import time", """
# Enable system metrics logging
mlflow.enable_system_metrics_logging()
mlflow.set_system_metrics_sampling_interval(0.05)  # not the guide's
with mlflow.start_run() as run:  # not the guide's
    while not mlflow.get_run(run.info.run_id).data.metrics:  # not the guide's
        time.sleep(0.02)  # not the guide's
"""),
    "7.3": Block("""
import pandas as pd
df = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
""", """
from mlflow.data.pandas_dataset import PandasDataset

# Create dataset
dataset = mlflow.data.from_pandas(
    df,
    source="path/to/data.csv",
    name="training_data"
)

# Log dataset
mlflow.log_input(dataset, context="training")
mlflow.log_input(dataset, context="validation")
mlflow.end_run()  # not the guide's
""", "[isinstance(dataset, PandasDataset), dataset.digest]"),
    "7.4": Block("""
import pandas as pd
test_data = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 2.0], "target_column": [0, 1, 0, 1]})
data = test_data.rename(columns={"target_column": "target"})
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(data[["a", "b"]], data["target"])
""" + REGISTERED[len(MODEL):].format(versions=0), """
# Evaluate model
result = mlflow.evaluate(
    model="runs:/run_id/model",
    data=test_data,
    targets="target_column",
    model_type="classifier",
    evaluators="default"
)
first = result.metrics  # not the guide's

# Custom evaluator
from mlflow.metrics import make_metric

def custom_metric(eval_df, builtin_metrics):
    return eval_df["prediction"].mean()

custom = make_metric(
    eval_fn=custom_metric,
    greater_is_better=True,
    name="custom_metric"
)

result = mlflow.evaluate(
    model=model,
    data=data,
    targets="target",
    extra_metrics=[custom]
)
""", "[first['example_count'], sorted(result.metrics), result.metrics['custom_metric'] == float(model.predict(data[['a', 'b']]).mean())]"),
    "9": Block(MODEL + """
from mlflow.models import infer_signature
get_git_commit = lambda: "0123abc"
train = lambda params: model
evaluate = lambda model: {"accuracy": 0.9, "f1": 0.8}
""", """
def train_model(params):
    mlflow.set_experiment("production_training")

    with mlflow.start_run(run_name=f"{params['model']}_v1"):
        # Log parameters
        mlflow.log_params(params)

        # Log code version
        mlflow.set_tag("git_commit", get_git_commit())
        mlflow.set_tags({
            "team": "data_science",
            "environment": "production"
        })

        # Train model
        model = train(params)

        # Evaluate
        metrics = evaluate(model)
        mlflow.log_metrics(metrics)

        # Log model with signature
        signature = infer_signature(X_train, model.predict(X_train))
        mlflow.sklearn.log_model(
            model,
            "model",
            signature=signature,
            input_example=X_train[:5],
            registered_model_name="prod_model"
        )

        return model
trained = train_model({"model": "logistic", "C": 1.0})  # not the guide's
""", 'list(mlflow.pyfunc.load_model("models:/prod_model/1").predict(X_train)) == list(trained.predict(X_train))'),
    "10": Block(MODEL + FILES + """
uri, name, stage, version = "mlops.duckdb", "model_name", "Production", "1"
client = mlflow.MlflowClient(uri)
""", """
# Setup
mlflow.set_tracking_uri(uri)
mlflow.set_experiment(name)

# Tracking
with mlflow.start_run(run_name="name"):
    mlflow.log_params({"lr": 0.01, "epochs": 100})
    mlflow.log_metrics({"acc": 0.95, "loss": 0.05})
    mlflow.log_artifact("plot.png")
    mlflow.sklearn.log_model(model, "model")
run_id = mlflow.last_active_run().info.run_id  # not the guide's

# Registry
mlflow.register_model(f"runs:/{run_id}/model", "model_name")  # not the guide's: it has no f
client.transition_model_version_stage(name, version, stage)

# Loading
model = mlflow.pyfunc.load_model("models:/model_name/Production")
predictions = model.predict(data)

# Search
runs = mlflow.search_runs(filter_string="metrics.accuracy > 0.9")
more = mlflow.search_runs(filter_string="metrics.acc > 0.9")  # not the guide's
""", "[list(map(int, predictions)), len(runs), len(more)]"),
    "10 filters": Block(RUNS + "filters = [", """
# Metrics
"metrics.accuracy > 0.9",
"metrics.loss < 0.1",

# Parameters
"params.model = 'RandomForest'",
"params.learning_rate < 0.01",

# Combined
"params.model = 'XGBoost' and metrics.f1 > 0.85",

# Tags
"tags.team = 'ml_team'",
"tags.environment = 'production'",

# Attributes
"attributes.status = 'FINISHED'",
"attributes.run_name LIKE 'experiment_%'",
]
""", FOUND),
    "10 model URIs": Block(MODEL + """
client = mlflow.MlflowClient()
with mlflow.start_run() as run:
    for _ in range(3):
        mlflow.sklearn.log_model(model, "model", registered_model_name="model_name")
client.transition_model_version_stage("model_name", "2", "Staging")
client.transition_model_version_stage("model_name", "3", "Production")
client.set_registered_model_alias("model_name", "champion", "2")
uris = [
""", """
# By run ID
f"runs:/{run.info.run_id}/model",  # not the guide's: it has no f

# By model version
"models:/model_name/1",

# By stage
"models:/model_name/Production",
"models:/model_name/Staging",

# By alias
"models:/model_name@champion",
]
""", "[list(mlflow.pyfunc.load_model(uri).predict(X_train)) == list(model.predict(X_train)) for uri in uris]"),
    "12.1": Block(MODEL + """
train_model = lambda lr: LogisticRegression(C=lr).fit(X_train, y_train)
evaluate = lambda model: model.score(X_train, y_train)
""", """
for lr in [0.001, 0.01, 0.1]:
    with mlflow.start_run():
        mlflow.log_param("learning_rate", lr)
        model = train_model(lr)
        accuracy = evaluate(model)
        mlflow.log_metric("accuracy", accuracy)
        mlflow.sklearn.log_model(model, "model")
"""),
    "12.2": Block(MODEL + """
train = lambda name: model
evaluate = lambda model: {"accuracy": 0.9, "f1": 0.8}
""", """
models = ["RandomForest", "XGBoost", "LightGBM"]

for model_name in models:
    with mlflow.start_run(run_name=model_name):
        model = train(model_name)
        metrics = evaluate(model)
        mlflow.log_params({"model_type": model_name})
        mlflow.log_metrics(metrics)
        mlflow.sklearn.log_model(model, "model")
"""),
    "12.3": Block(MODEL + """
from mlflow import MlflowClient
train_model = lambda: model
validate_model = lambda model: True
""", """
def production_pipeline():
    # Train
    with mlflow.start_run(run_name="training"):
        model = train_model()
        mlflow.sklearn.log_model(
            model, "model",
            registered_model_name="prod_model"
        )
        run_id = mlflow.active_run().info.run_id

    # Register
    client = MlflowClient()
    version = client.get_latest_versions("prod_model")[0].version

    # Validate
    if validate_model(model):
        client.transition_model_version_stage(
            name="prod_model",
            version=version,
            stage="Production"
        )
production_pipeline()  # not the guide's
production_pipeline()  # not the guide's
"""),
}  # fmt: skip
