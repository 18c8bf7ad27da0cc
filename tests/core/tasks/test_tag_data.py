"""Few tags made of many."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.tasks.tag_data import UNIVERSAL, _marked, stored_corpus, universal


@pytest.mark.parametrize(
    ("brown", "tag"),
    [
        ("nn", "NOUN"), ("np$-tl", "NOUN"), ("vbd-hl", "VERB"), ("md*", "VERB"), ("bez", "VERB"),
        ("jjr", "ADJ"), ("*", "ADV"), ("wrb", "ADV"), ("ppss+md", "PRON"), ("pp$", "DET"),
        ("at-tl", "DET"), ("in", "ADP"), ("cs", "ADP"), ("cd", "NUM"), ("cc", "CONJ"),
        ("to", "PRT"), ("rp", "PRT"), ("uh", "X"), ("fw-in", "ADP"), (",-hl", "."), ("``", "."),
        ("--", "."), ("od", "ADJ"), ("ex", "PRT"),
    ],
)  # fmt: skip
def test_a_tag_of_brown_is_one_of_the_universal_ones(brown, tag):
    """As in Petrov, Das and McDonald 2012, en-brown.map."""
    assert universal(brown) == tag
    assert tag in UNIVERSAL


def test_a_family_name_and_a_given_name_are_one_name():
    signs, marks = _marked(["江", "泽民", "在", "北京", "、", "李", "鹏"],
                           ["nr", "nr", "p", "ns", "w", "nr", "nr"])  # fmt: skip
    assert "".join(signs) == "江泽民在北京、李鹏"
    assert marks == ["B-PER", "I-PER", "I-PER", "O", "B-LOC", "I-LOC", "O", "B-PER", "I-PER"]


def test_a_corpus_that_is_none_is_named():
    with pytest.raises(InputError, match="names-zh"):
        stored_corpus("nothing")
