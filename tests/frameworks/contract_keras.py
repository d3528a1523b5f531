"""What every flavor must do, for Keras and TensorFlow: run where they are installed, see `test_frameworks`."""

import functools

import keras
import numpy as np
import pytest

import jupyter_mlops.keras
import jupyter_mlops.tensorflow
from jupyter_mlops.testing.flavors import FlavorContract

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
needs_tensorflow = pytest.mark.skipif(not ON_TENSORFLOW, reason="KERAS_BACKEND is another one in this run of the file")


@functools.cache
def network():
    return keras.Sequential([keras.Input([3]), keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(2)])


class _Arrays(FlavorContract):
    model_argument = "model"

    @pytest.fixture
    def model(self):
        return network()

    @pytest.fixture
    def data(self):
        return np.arange(12, dtype="float32").reshape(4, 3)

    def predict(self, model, data):
        return model.predict(data, verbose=0)


class TestKeras(_Arrays):
    flavor = jupyter_mlops.keras
    package = "keras"
    runs_code = False


@needs_tensorflow
class TestTensorflow(_Arrays):
    flavor = jupyter_mlops.tensorflow
    package = "tensorflow_cpu"
    runs_code = False


@needs_tensorflow
class TestModule(_Arrays):
    flavor = jupyter_mlops.tensorflow
    package = "tensorflow_cpu"

    @pytest.fixture
    def model(self):
        import tensorflow as tf

        class Scaled(tf.Module):
            def __init__(self):
                self.scale = tf.Variable([2.0, 3.0, 4.0])

            @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
            def __call__(self, x):
                return x * self.scale

        return Scaled()

    def predict(self, model, data):
        return model(data).numpy()
