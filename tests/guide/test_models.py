"""Sections 5.2 to 5.4 of the guide: models of scikit-learn and of Python code, signatures, loading.

PyTorch's and Keras' blocks are executed where these are: `tests/frameworks/test_guide.py`.
"""

import pytest


def test_models_of_scikit_learn(execute):
    shown, ask = execute("5.2 scikit-learn")
    assert shown == [True, True]
    assert ask("SELECT count(*) FROM tags WHERE key = 'mlflow.log-model.history' AND value LIKE '%sklearn%'") == [(1,)]


@pytest.mark.filterwarnings("ignore:unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning")  # the guide's
def test_custom_models_of_python_code(execute):
    shown, ask = execute("5.2 custom")
    assert shown is True
    assert ask("SELECT count(*) FROM tags WHERE key = 'mlflow.log-model.history' AND value LIKE '%python_function%'") == [(1,)]


def test_signatures(execute):
    shown, _ = execute("5.3")
    assert shown == [
        "[Tensor('float64', (-1, 2))]", "[Tensor('int64', (-1,))]",
        "['feature1': double (required), 'feature2': double (required)]", "[long (required)]",
    ]  # fmt: skip


def test_loading(execute):
    shown, ask = execute("5.4")
    assert len(shown) == 4
    assert all(predicted == shown[0] and len(predicted) == 2 for predicted in shown)
    assert ask("SELECT version, stage FROM model_versions") == [(1, "Production")]
