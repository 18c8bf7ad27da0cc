import numpy as np
import pytest

from core.errors import InputError
from core.tuning import MaskingRule, Vocabulary, mask_rows
from core.tuning.blocks import vocabulary_of
from core.tuning.masking import IGNORED

VOCABULARY = Vocabulary(
    mask_id=4, special_ids=frozenset({0, 1, 2, 3, 4}), ordinary_ids=np.arange(5, 1005)
)


@pytest.fixture(scope="module")
def rows():
    ids = np.random.default_rng(0).integers(5, 1005, (800, 128))
    ids[:, 0], ids[:, -1] = 2, 3
    return ids


def _masked(rows, rule=None, seed=0):
    return mask_rows(rows, rule=rule or MaskingRule(), vocabulary=VOCABULARY, seed=seed)


def test_of_bert_over_many_draws_15_percent_are_chosen(rows):
    """Devlin et al. 2019, section 3.1; drawn independently, five standard errors."""
    chosen = _masked(rows).labels[:, 1:-1] != IGNORED
    assert chosen.mean() == pytest.approx(0.15, abs=5 * (0.15 * 0.85 / chosen.size) ** 0.5)


def test_of_bert_80_percent_become_masks_10_others_10_stay(rows):
    """Devlin et al. 2019, section 3.1; a random token is the old one once in a thousand."""
    masked = _masked(rows)
    chosen = masked.labels != IGNORED
    after, before = masked.input_ids[chosen], rows[chosen]
    assert (after == VOCABULARY.mask_id).mean() == pytest.approx(0.8, abs=0.02)
    assert (after == before).mean() == pytest.approx(0.1, abs=0.015)
    assert ((after != before) & (after != VOCABULARY.mask_id)).mean() == pytest.approx(
        0.1, abs=0.015
    )


def test_the_count_varies_from_row_to_row(rows):
    counts = (_masked(rows).labels != IGNORED).sum(axis=1)
    assert counts.var() == pytest.approx(126 * 0.15 * 0.85, rel=0.2)


def test_special_tokens_are_never_chosen(rows):
    masked = _masked(rows, MaskingRule(rate=1.0))
    assert (masked.labels[:, [0, -1]] == IGNORED).all()
    assert (masked.input_ids[:, [0, -1]] == rows[:, [0, -1]]).all()


def test_labels_are_the_original_tokens_and_the_rest_is_untouched(rows):
    masked = _masked(rows)
    chosen = masked.labels != IGNORED
    assert (masked.labels[chosen] == rows[chosen]).all()
    assert (masked.input_ids[~chosen] == rows[~chosen]).all()


def test_replacements_are_drawn_from_the_ordinary_tokens(rows):
    ids = _masked(rows, MaskingRule(rate=1.0, mask=0.0, random=1.0)).input_ids[:, 1:-1]
    assert np.isin(ids, VOCABULARY.ordinary_ids).all()
    assert len(np.unique(ids)) == len(VOCABULARY.ordinary_ids)


def test_the_same_seed_chooses_the_same(rows):
    first, again, other = (_masked(rows[:9], seed=seed) for seed in ((1, 2), (1, 2), (1, 3)))
    assert (first.input_ids == again.input_ids).all()
    assert (first.labels != other.labels).any()


def test_one_token_is_chosen_where_chance_chose_none():
    row = np.array([[2, 7, 3]])
    for seed in range(20):
        assert (_masked(row, MaskingRule(rate=0.001), seed).labels == [[IGNORED, 7, IGNORED]]).all()


@pytest.mark.parametrize("settings", [{"rate": 0.0}, {"rate": 1.5}, {"mask": 0.8, "random": 0.3}])
def test_shares_that_are_none_are_refused(settings):
    with pytest.raises(InputError):
        MaskingRule(**settings)


def test_the_ordinary_tokens_of_a_tokenizer_are_all_but_its_special_ones(tokenizer):
    vocabulary = vocabulary_of(tokenizer)
    assert vocabulary.mask_id == tokenizer.mask_token_id
    assert not vocabulary.special_ids & set(vocabulary.ordinary_ids.tolist())
    assert len(vocabulary.ordinary_ids) + len(vocabulary.special_ids) == len(tokenizer)
