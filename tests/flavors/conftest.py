"""What `test_onnx` runs elsewhere is not collected here."""

import importlib.util

collect_ignore = [] if importlib.util.find_spec("onnx_flavor") else ["contract_onnx.py"]
