import sys

import mlflow
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

with mlflow.start_run():
    table = pd.read_csv(sys.argv[1])
    model = DecisionTreeClassifier(max_depth=int(sys.argv[2]), random_state=7).fit(table.drop(columns="target"), table["target"])
    mlflow.log_metric("accuracy", model.score(table.drop(columns="target"), table["target"]))
    mlflow.set_tag("kind", type(model).__name__)
