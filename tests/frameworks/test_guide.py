"""The guide's code for PyTorch, TensorFlow and Keras runs unedited."""

import pathlib
import shutil


def test_the_guides_blocks(run, tmp_path):
    shutil.copy(pathlib.Path(__file__).parent / "guide_blocks.py", tmp_path)
    found = run("frameworks", "-m", "jupyter_mlops.as_mlflow", tmp_path / "guide_blocks.py")
    assert found == {
        "autologging": "function",
        **{f"log_{name}": [True, True] for name in ("pytorch", "keras", "tensorflow")},
    }
