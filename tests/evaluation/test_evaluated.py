"""The numbers of an evaluation are functions of its rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.metric_tables import metric_functions

pytestmark = pytest.mark.filterwarnings("error")


def seen(n, n_labels, seed=0):
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(n_labels), n)
    labels = np.arange(n_labels)
    y = np.array([random.choice(labels, p=row) for row in probabilities])
    positive = 1 if n_labels == 2 else None
    return Evaluated(y, probabilities.argmax(1), probabilities, random.uniform(1, 2, n), labels, positive)


@pytest.mark.parametrize("n_labels", [2, 3])
def test_rows_of_one_class_are_measured_too(n_labels):
    """A resample may have one class only: then what is not defined is NaN, and nothing is raised or warned of."""
    whole = seen(200, n_labels)
    one = whole.rows(whole.y == 0)
    values = {name: function(one) for name, function in metric_functions(one).items()}
    assert values["example_count"] == (whole.y == 0).sum()
    assert np.isnan(values["roc_auc"])
    assert values["log_loss"] > 0


def test_rows_may_repeat_and_weights_count_as_repetition():
    whole = seen(100, 2)
    twice = whole.rows(np.repeat(np.arange(100), 2))
    for name, function in metric_functions(whole).items():
        if not name.endswith(("negatives", "positives", "count")):
            assert function(twice) == pytest.approx(function(whole), rel=1e-12), name


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_counts_are_of_all_rows_and_the_positive_label_may_be_either(pairs):
    y, predictions = np.array(pairs).T
    both = {}
    for positive in (True, False):
        rows = Evaluated(y, predictions, labels=np.array([not positive, positive]), positive=positive)
        both[positive] = values = {name: function(rows) for name, function in metric_functions(rows).items()}
        right, wrong = (
            values["true_positives"] + values["true_negatives"],
            values["false_positives"] + values["false_negatives"],
        )
        assert right + wrong == values["example_count"] == len(pairs)
        assert values["accuracy_score"] == pytest.approx(right / len(pairs))
        if found := values["true_positives"] + values["false_negatives"]:
            assert values["recall_score"] == pytest.approx(values["true_positives"] / found)
    assert both[True]["true_positives"] == both[False]["true_negatives"]
