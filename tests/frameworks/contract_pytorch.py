"""What every flavor must do, for PyTorch: run where it is installed, see `test_frameworks`."""

import types

import numpy as np
import pytest
import torch

import jupyter_mlops.pytorch
from jupyter_mlops.testing.flavors import FlavorContract


class TestPytorch(FlavorContract):
    flavor = jupyter_mlops.pytorch
    model_argument = "pytorch_model"
    package = "torch"

    @pytest.fixture
    def model(self):
        return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout(0.5), torch.nn.Linear(4, 2)).eval()

    @pytest.fixture
    def data(self):
        return np.arange(12, dtype="float32").reshape(4, 3)

    def predict(self, model, data):
        with torch.no_grad():
            return model(torch.from_numpy(data)).numpy()


class TestScript(TestPytorch):
    @pytest.fixture
    def model(self):
        return torch.jit.trace(torch.nn.Linear(3, 2).eval(), torch.ones(1, 3))


class TestSafetensors(TestPytorch):
    given = types.MappingProxyType({"serialization_format": "safetensors"})
