"""What was forgotten: the same old texts before and after, in figures that can be checked."""

import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from core.masked import pseudo_log_likelihood
from core.models import load_model
from core.tuning.forgetting import (
    old_texts,
    read_forgotten,
    what_was_forgotten,
    write_forgotten,
)
from core.tuning.kept import find_kept

sys.path.append(str(Path(__file__).parent))
from finished import finish_run

pytestmark = pytest.mark.slow

TEXTS = (
    "The animal is wide and tired.",
    "The street is yellow because it was too tired.",
    "The capital of Japan is Tokyo; one two three.",
)


@contextmanager
def lease(name):
    yield load_model(name)


@pytest.fixture
def kept(request, headlight_home, make_spec, make_examples):
    family, kind, method = request.param
    spec = make_spec(family, kind, method, rate=2e-2)
    run_id = finish_run(spec, make_examples(kind), make_examples(kind, 4))
    return find_kept(f"run:{run_id}")


@pytest.mark.parametrize(
    "kept", [("bert", "masked", "full"), ("bert", "masked", "prefix")], indirect=True
)
def test_of_a_masked_model_every_word_is_masked_in_turn(kept):
    found = what_was_forgotten(kept, lease, texts=TEXTS)
    assert found.measured == "masked"
    for place, text in enumerate(TEXTS):
        before = pseudo_log_likelihood(load_model(kept.base), text)
        assert found.before[place] == pytest.approx(-before.total, rel=1e-6)
        assert found.tokens[place] == len(before.per_token)
    expected = (sum(found.after) - sum(found.before)) / sum(found.tokens)
    assert found.change == pytest.approx(expected)
    low, high = found.interval
    assert low <= found.change <= high


@pytest.mark.parametrize(
    "kept", [("gpt2", "causal", "full"), ("llama", "causal", "prompt")], indirect=True
)
def test_of_a_causal_model_the_loss_is_the_library_s_own(kept):
    found = what_was_forgotten(kept, lease, texts=TEXTS)
    assert found.measured == "causal"
    base = load_model(kept.base)
    for place, text in enumerate(TEXTS):
        ids = torch.tensor([base.encode(text).ids])
        with torch.no_grad():
            loss = float(base.network(input_ids=ids, labels=ids).loss)
        own = len([each for each in base.encode(text).segments if each is not None]) - 1
        assert found.tokens[place] == own
        if own == ids.shape[1] - 1:  # no opening token of the template
            assert found.before[place] / own == pytest.approx(loss, rel=1e-5)
    assert np.isfinite(found.after).all()
    assert found.after != found.before


@pytest.mark.parametrize("kept", [("bert", "classification", "full")], indirect=True)
def test_of_an_encoder_it_is_told_how_far_sentences_moved(kept):
    found = what_was_forgotten(kept, lease, texts=TEXTS)
    assert found.measured == "vectors"
    assert found.before == (0.0, 0.0, 0.0)
    assert all(0 < each <= 2 for each in found.after)
    assert found.worst[0] == int(np.argmax(found.after))


@pytest.mark.parametrize("kept", [("bert", "classification", "head")], indirect=True)
def test_a_body_that_was_not_trained_forgets_nothing(kept):
    found = what_was_forgotten(kept, lease, texts=TEXTS)
    assert found.change == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("kept", [("bert", "masked", "full")], indirect=True)
def test_it_is_stopped_kept_and_read_again(kept, tmp_path):
    told = []
    assert (
        what_was_forgotten(
            kept, lease, texts=TEXTS, progress=lambda *share: told.append(share), stop=lambda: True
        )
        is None
    )
    assert told == [(1, 6)]
    assert read_forgotten(tmp_path) is None
    found = what_was_forgotten(kept, lease, texts=TEXTS)
    write_forgotten(tmp_path, found)
    assert read_forgotten(tmp_path) == found
    (tmp_path / "forgotten.json").write_text('{"measured": 3}')
    assert read_forgotten(tmp_path) is None


@pytest.mark.parametrize("kept", [("bert", "masked", "full")], indirect=True)
def test_the_old_texts_are_sentences_without_masks(kept):
    texts = old_texts(kept)
    assert len(texts) == 30
    assert not any("[MASK]" in text for text in texts)
