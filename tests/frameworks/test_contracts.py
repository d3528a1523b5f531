"""What every flavor must do, further cases, and the examples of the documentation, with the real libraries."""

OF_PYTORCH = (
    "jupyter_mlops/pytorch.py", "jupyter_mlops/autologging/lightning.py",
    "tests/architecture/test_contracts.py::test_every_module_imports_and_exports_what_it_says",
)  # fmt: skip
OF_KERAS = (
    "jupyter_mlops/keras.py", "jupyter_mlops/tensorflow.py", "jupyter_mlops/autologging/keras.py",
    "jupyter_mlops/autologging/keras_callbacks.py", "jupyter_mlops/autologging/tensorflow.py",
)  # fmt: skip


def test_pytorch(run_cases):
    assert " passed" in run_cases(
        "tests/frameworks/contract_pytorch.py", "tests/frameworks/cases_pytorch.py", *OF_PYTORCH
    )


def test_keras_and_tensorflow(run_cases):
    told = run_cases("tests/frameworks/contract_keras.py", "tests/frameworks/cases_keras.py", *OF_KERAS)
    assert " passed" in told
    assert " skipped" not in told.splitlines()[-1]


def test_keras_on_torch(run_cases):
    files = ("tests/frameworks/contract_keras.py", "tests/frameworks/cases_keras.py")
    told = run_cases(*files, "-k", "saved or signature or stranger or test_a_ or callbacks", KERAS_BACKEND="torch")
    assert " passed" in told


def test_importing_flavors_and_turning_them_on_loads_no_framework(run):
    script = """
import json, sys
import jupyter_mlops as mlflow
mlflow.autolog()
for name in ("pytorch", "keras", "tensorflow"):
    getattr(mlflow, name).autolog(silent=True)
assert mlflow.sklearn.load_model and mlflow.pytorch.load_model
print("RESULT" + json.dumps([m for m in ("torch", "tensorflow", "keras", "lightning", "safetensors") if m in sys.modules]))
"""
    assert run("frameworks", "-c", script) == []
