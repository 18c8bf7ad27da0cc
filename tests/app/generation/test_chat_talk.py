"""A conversation keeps its newest turns, and says nothing to a template that no template takes."""

from __future__ import annotations

from app.generation.chat.talk import MOST_TURNS, Talk, Turn


def _talk(*texts):
    talk = Talk()
    for place, text in enumerate(texts):
        talk = talk.then(Turn(role="assistant" if place % 2 else "user", text=text))
    return talk


def test_the_oldest_question_goes_with_its_answer_and_is_counted():
    talk = _talk(*(f"{number}" for number in range(MOST_TURNS + 3)))
    assert len(talk.turns) <= MOST_TURNS
    assert talk.turns[0] == Turn(role="user", text="4")
    assert talk.forgotten == 4


def test_an_answer_without_a_word_is_an_empty_message():
    talk = _talk("Hello", "\n \0")
    assert [message.text for message in talk.messages] == ["Hello", ""]
    assert talk.last_read == _talk("Hello")


def test_an_answer_with_words_is_read_as_it_is_but_for_signs_that_no_text_may_have():
    talk = _talk("Hello", " you\0 there ")
    assert talk.messages[1].text == " you there "
    assert talk.last_read is talk


def test_the_answer_is_the_last_turn_if_it_is_the_models():
    assert _talk("Hello").answer is None
    assert Talk().answer is None
    assert _talk("Hello", "you").answer.text == "you"
    assert _talk("Hello", "you").without_answer() == _talk("Hello")
    assert _talk("Hello").without_answer() == _talk("Hello")
