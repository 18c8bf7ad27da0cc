"""Instructions and mined phrases as candidates."""

import pytest

from core.errors import InputError
from core.prompts.search.candidates import Scored, try_out
from core.prompts.search.instructions import as_instruction, cleaned, propose_instructions
from core.prompts.search.mining import mine_phrases, propose_mined
from core.prompts.verbalizer import Verbalizer

FILMS = Verbalizer({"positive": ["great", "good"], "negative": ["bad"]})
TEXTS = (
    "It was a great film, so it was.",
    "it was a bad film.",
    "It was a good one; the cast is great!",
    "这部电影很 great 。",
    "A good {{ bad }} thing",
)


def _score(template):
    return Scored(right=len(template) % 3, count=3, loss=1 / len(template))


def test_phrases_with_words_of_every_label_come_first():
    found = mine_phrases(TEXTS, verbalizer=FILMS)
    assert ("It was a [MASK] film", 2, 2) in found
    labels = [each[2] for each in found]
    assert labels == sorted(labels, reverse=True)
    phrases = [each[0] for each in found]
    assert "The cast is [MASK]" in phrases
    assert all(phrase.count("[MASK]") == 1 and "{" not in phrase for phrase in phrases)
    assert any("电影很[MASK]" in phrase for phrase in phrases)


def test_a_causal_models_phrase_ends_at_the_answer():
    found = mine_phrases(TEXTS, verbalizer=FILMS, causal=True)
    assert found
    assert all(phrase.endswith("[MASK]") for phrase, _seen, _labels in found)


def test_words_that_stand_nowhere_are_told():
    with pytest.raises(InputError, match="words that people write"):
        next(propose_mined("[P]", ["nothing"], verbalizer=FILMS))


def test_instructions_are_tried_once_each_and_are_plain_text():
    asked = []

    def more(number):
        asked.append(number)
        return (None, "Say   good", "Say good or bad")[number]

    listed = ("Say good", " Say  good ", "Use {{ x }} {% now %}", "")
    found = list(
        try_out(propose_instructions("[I] {{ text }}", listed, more, proposals=3), _score, tries=10)
    )
    assert [each.template for each in found] == [
        "Say good {{ text }}",
        "Use x now {{ text }}",
        "Say   good {{ text }}",
        "Say good or bad {{ text }}",
    ]
    assert asked == [0, 1, 2]


def test_known_scores_are_not_computed_again_and_keep_their_order():
    proposals = ("Say a", "Say b", "Say c")
    first = list(try_out(propose_instructions("[I] x", proposals), _score, tries=2))
    known = {each.template: each.score for each in first}
    computed = []

    def score(template):
        computed.append(template)
        return _score(template)

    again = list(try_out(propose_instructions("[I] x", proposals), score, tries=3, known=known))
    assert again[:2] == first
    assert computed == ["Say c x"]


@pytest.mark.parametrize(
    ("said", "instruction"),
    [
        (
            "The instruction was to decide whether a review is good. It works.",
            "decide whether a review is good.",
        ),
        ('"Say if the film is liked."\n\nMore.', "Say if the film is liked."),
        ("Instruction: write {{ text }} again please", "write text again please"),
        ("", ""),
        ("Good", ""),
    ],
)
def test_an_answer_becomes_an_instruction_or_nothing(said, instruction):
    assert as_instruction(said) == instruction


def test_signs_that_a_template_reads_are_left_out():
    assert cleaned("a {{ b }} [MASK] {# c #}\n d") == "a b MASK c d"
