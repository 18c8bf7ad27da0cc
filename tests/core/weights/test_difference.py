import numpy as np
import pytest

from core.errors import BrokenModelError
from core.weights.difference import compress, restore


@pytest.fixture
def base():
    drawn = np.random.default_rng(0)
    return {
        "matrix": drawn.normal(size=(8, 16)).astype(np.float32),
        "bias": drawn.normal(size=8).astype(np.float32),
        "same": drawn.normal(size=(4, 4)).astype(np.float32),
    }


@pytest.fixture
def trained(base):
    drawn = np.random.default_rng(1)
    return {
        "matrix": base["matrix"] + drawn.normal(size=(8, 16)).astype(np.float32) * 0.01,
        "bias": base["bias"] + np.float32(0.1),
        "same": base["same"],
        "head": drawn.normal(size=(3, 16)).astype(np.float32),
    }


def test_a_matrix_comes_back_within_half_a_step_of_its_row(base, trained):
    again = restore(base, compress(base, trained))["matrix"]
    step = np.abs(trained["matrix"] - base["matrix"]).max(axis=1, keepdims=True) / 127
    assert (np.abs(again - trained["matrix"]) <= 0.501 * step + 1e-6).all()


def test_vectors_come_back_as_they_were_and_new_matrices_in_16_bits(base, trained):
    again = restore(base, compress(base, trained))
    assert np.array_equal(again["bias"], trained["bias"])
    assert np.array_equal(again["head"], trained["head"].astype(np.float16).astype(np.float32))
    assert all(weight.dtype == np.float32 for weight in again.values())


def test_what_did_not_change_is_not_stored(base, trained):
    stored = compress(base, trained)
    assert not any(name.startswith("same") for name in stored)
    assert np.array_equal(restore(base, stored)["same"], base["same"])


def test_a_row_that_did_not_change_stays_exactly(base, trained):
    trained["matrix"][3] = base["matrix"][3]
    assert np.array_equal(restore(base, compress(base, trained))["matrix"][3], base["matrix"][3])


def test_it_takes_a_quarter_of_the_matrix():
    base = {"matrix": np.zeros((384, 1536), np.float32)}
    stored = compress(base, {"matrix": np.ones((384, 1536), np.float32)})
    size = sum(weight.nbytes for weight in stored.values())
    assert size < 0.26 * base["matrix"].nbytes


@pytest.mark.parametrize("change", [{"matrix.steps": np.zeros((2, 2), np.int8)}, {}])
def test_a_difference_from_another_base_is_a_sentence(base, trained, change):
    stored = compress(base, trained) | change
    if not change:
        del stored["matrix.scale"]
    with pytest.raises(BrokenModelError, match="do not fit their base at matrix"):
        restore(base, stored)
