"""A prompt that is kept is opened again as it was, and a bad value of a file is left out."""

from app.prompts.library_content import values_of
from app.prompts.opening import words_text
from core.prompts import read_verbalizer
from core.prompts.library import PromptContent

CONTENT = PromptContent(
    template="{{ text }} It was [MASK].",
    model="minilm-l6-masked",
    dataset="movie-snippets",
    words=(("negative", ("terrible", "bad")), ("positive", ("great",))),
    separator="\n--\n",
    calibrate=True,
    settings=(("shots", "8"), ("picking", "balanced"), ("chat", "1"), ("tab", "library")),
)


def test_values_are_those_that_were_kept_and_the_room_is_not_among_them():
    values = values_of(CONTENT)
    assert values["template"] == CONTENT.template
    assert values["separator"] == "\\n--\\n"
    assert (values["shots"], values["picking"], values["chat"]) == (8, "balanced", True)
    assert (values["calibrate"], values["dataset"]) == (True, "movie-snippets")
    assert "tab" not in values


def test_words_are_written_as_they_are_read():
    assert read_verbalizer(values_of(CONTENT)["words"]).mapping == dict(CONTENT.words)
    assert words_text({"a": "b"}) == "a: b"


def test_a_value_that_no_page_can_have_is_left_out():
    content = PromptContent(template="x", settings=(("shots", "many"), ("picking", "luck")))
    values = values_of(content)
    assert "shots" not in values
    assert "picking" not in values
    assert "model" not in values
