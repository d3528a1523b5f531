"""Page tokens travel as MLflow's do."""

import base64
import json

import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.search.pages import check_max_results, cut_page, offset_of, token_of
from jupyter_mlops.storage.search.subjects import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS


def test_a_token_is_the_base64_of_an_offset():
    token = token_of(300)

    assert isinstance(token, str)
    assert json.loads(base64.b64decode(token)) == {"offset": 300}
    assert offset_of(token) == 300


def encoded(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "token",
    ["x", "é", "====", "AAAA", encoded(5), encoded([]), encoded({}), encoded({"offset": -1}), encoded({"offset": "5"}),
     encoded({"offset": True}), encoded({"offset": 1.0}), encoded({"offset": 2**63}), 7, ["a"]],
)  # fmt: skip
def test_what_no_search_gave_is_refused(token):
    with pytest.raises(InvalidParameter, match="page_token"):
        offset_of(token)


def test_the_last_page_has_no_token():
    assert cut_page([1, 2], 4, 2) == ([1, 2], None)
    assert cut_page([1, 2, 3], 4, 2) == ([1, 2], token_of(6))
    assert cut_page([1], 0, 0) == ([], None)


@pytest.mark.parametrize(
    ("subject", "good", "bad"),
    [
        (RUNS, [1, 50_000], [0, -1, 50_001, None, "5", True, 1.0]),
        (EXPERIMENTS, [1, 50_000], [0, 50_001]),
        (REGISTERED_MODELS, [0, 1000], [-1, 1001]),
        (MODEL_VERSIONS, [1, 200_000], [0, 200_001]),
    ],
)
def test_pages_have_a_smallest_and_a_largest_size(subject, good, bad):
    assert [check_max_results(n, subject) for n in good] == good
    for n in bad:
        with pytest.raises(InvalidParameter, match="max_results"):
            check_max_results(n, subject)
